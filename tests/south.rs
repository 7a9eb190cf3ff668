//! South against downstreams that hang, die, flood, lie and leak: each ends in a named outcome, and nothing is left behind.
//! Knows nothing of policy; it runs the kernel's own errands.

#![expect(
    clippy::unwrap_used,
    reason = "what is not as expected is the failure of the test"
)]

mod south {
    mod answers;
    mod behind;
    mod children;
    mod disagreement;
    mod far;
    mod faults;
    mod gates;
    mod house;
    mod kit;
    mod limits;
    mod lines;
    mod order;
    mod pins;
    mod queue;
    mod remote;
    mod secrets;
    mod walls;
}
