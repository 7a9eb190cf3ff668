//! Each gate has programs that must not compile.
//! Knows nothing of what compiles.

#[test]
fn gates_cannot_be_walked_around() {
    trybuild::TestCases::new().compile_fail("gates/*.rs");
}
