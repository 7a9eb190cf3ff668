//! Progress that has not passed egress cannot be told to an agent.
use aegis_core::egress::{Progress, SealedProgress};
use aegis_core::json::Object;

fn forged() -> Progress {
    Progress(Object::new())
}

fn told(sealed: SealedProgress) -> Progress {
    sealed.into()
}

fn read(sealed: &SealedProgress) -> String {
    serde_json::to_string(&sealed.message).unwrap()
}

fn main() {
    let _ = (forged, told, read);
}
