//! Stand-in until the detectors are merged. Knows nothing.
#![expect(missing_docs, reason = "goes away")]
use crate::json::Json;
use crate::policy::Operator;
use std::borrow::Cow;
pub struct Profile;
impl Profile {
    pub fn standard() -> Self {
        Self
    }
    pub fn nothing() -> Self {
        Self
    }
}
pub struct Secrets;
impl Secrets {
    pub fn new(_: Vec<impl AsRef<[u8]>>) -> Self {
        Self
    }
}
pub struct Scan<'a> {
    pub profile: &'a Profile,
    pub secrets: &'a Secrets,
    pub scope_key: &'a [u8; 32],
}
pub struct Finding {
    pub kind: Cow<'static, str>,
}
pub fn mask_json(_: &Scan<'_>, value: Json) -> Result<(Json, Vec<Finding>), std::fmt::Error> {
    Ok((value, Vec::new()))
}
pub fn mask_value(_: Operator, label: &str, _: &Json, _: &[u8; 32]) -> Json {
    Json::from(format!("<{label}>"))
}
