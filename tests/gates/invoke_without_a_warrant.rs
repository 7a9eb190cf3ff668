//! A permit that is not in the log reaches no downstream.
async fn invoke(south: &aegis_host::south::South, permit: aegis_core::policy::Permit) {
    let _ = south.invoke(permit).await;
}

fn main() {
    let _ = invoke;
}
