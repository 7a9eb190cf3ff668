//! Keys that a person or another system could take for each other, and keys that lie below other keys.
//! Knows nothing of contents.

use hyper::Method;

use super::attempt::Attempt;
use super::page::Page;
use super::store::Store;
use crate::bounds::TWIN_PAGES_MAX;
use crate::s3::code::S3Code;
use crate::s3::key::Key;
use crate::s3::twins::are_twins;

/// Refuses a key of which some component has a twin beside it, or is an object where it has to be a folder, or the
/// other way round: a directory could not hold both.
pub(super) async fn check(store: &Store, key: &Key) -> Result<(), S3Code> {
    if !store.refuses_twins() {
        return Ok(());
    }
    let mut folder = store.jail().to_owned();
    let components: Vec<&str> = key.parents().chain([key.name()]).collect();
    for (at, component) in components.iter().enumerate() {
        let is_last = at + 1 == components.len();
        if !level(store, &folder, component, is_last).await? {
            return Ok(());
        }
        folder = format!("{folder}{component}/");
    }
    Ok(())
}

/// Judges one component among what lies beside it; says whether anything lies below it.
async fn level(
    store: &Store,
    folder: &str,
    component: &str,
    is_last: bool,
) -> Result<bool, S3Code> {
    let mut token: Option<String> = None;
    let mut is_folder = false;
    for _ in 0..TWIN_PAGES_MAX {
        let mut query = vec![("delimiter", "/"), ("list-type", "2"), ("max-keys", "1000")];
        if !folder.is_empty() {
            query.push(("prefix", folder));
        }
        if let Some(token) = &token {
            query.push(("continuation-token", token));
        }
        let body = store
            .ask(&Method::GET, None, &query, &[], &Attempt::default())
            .await?;
        let page = Page::read(&body, folder, "").ok_or(S3Code::BadAnswer)?;
        for entry in &page.contents {
            let name = entry.key.strip_prefix(folder).unwrap_or_default();
            if are_twins(name, component) || (name == component && !is_last) {
                return Err(S3Code::BadKey);
            }
        }
        for name in page.folders(folder) {
            if are_twins(name, component) {
                return Err(S3Code::BadKey);
            }
            is_folder |= name == component;
        }
        if is_folder && is_last {
            return Err(S3Code::NotARegularFile);
        }
        match page.next() {
            Some(next) => token = Some(next.to_owned()),
            None => return Ok(is_folder),
        }
    }
    Err(S3Code::TooLarge)
}
