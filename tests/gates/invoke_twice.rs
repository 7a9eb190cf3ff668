//! One warrant is one call.
async fn invoke(south: &aegis_host::south::South, warrant: aegis_host::journal::Warrant) {
    let _ = south.invoke(warrant).await;
    let _ = south.invoke(warrant).await;
}

fn main() {
    let _ = invoke;
}
