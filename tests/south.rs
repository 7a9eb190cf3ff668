//! South against downstreams that hang, die, flood, lie and leak: each ends in a named outcome, and nothing is left behind.
//! Knows nothing of policy; it runs the kernel's own errands.

mod south {
    pub mod answers;
    pub mod children;
    pub mod faults;
    pub mod kit;
    pub mod pins;
    pub mod secrets;
}
