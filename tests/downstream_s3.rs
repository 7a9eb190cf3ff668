//! stub
//! stub
fn main(){}
