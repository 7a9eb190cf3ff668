//! Progress that may leave.
//! Knows nothing of what it was before, nor of the token under which it is heard.

use crate::json::{Json, Object};

/// Progress that may leave; made by [`super::Gauge::release`] alone.
#[derive(Debug)]
#[must_use]
pub struct Progress(pub(super) Object);

impl Progress {
    /// The parameters of the notification, under the token of who asked.
    #[must_use]
    pub fn under(self, token: Json) -> Json {
        let mut params = Object::new();
        params.insert("progressToken", token);
        for (key, value) in self.0.iter() {
            params.insert(key, value.clone());
        }
        Json::Object(params)
    }
}
