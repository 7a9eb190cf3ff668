//! A reply comes from a closed entry.
fn reply(result: aegis_core::json::Json) -> aegis_host::journal::Reply {
    aegis_host::journal::Reply { result }
}

fn main() {
    let _ = reply;
}
