//! Listing objects in the order of their keys' bytes, page by page.
//! Knows nothing of writing.

use hyper::Method;
use serde_json::{Value, json};

use super::attempt::Attempt;
use super::page::Page;
use super::store::Store;
use crate::bounds::{
    KEY_BYTES_MAX, LISTING, LISTING_HEADS_MAX, LISTING_PAGES_MAX, OBJECT_BYTES_MAX,
};
use crate::s3::code::S3Code;
use crate::s3::key::{Key, plain};
use crate::s3::list::Range;

/// As the directory does it: only what `get` would answer is listed.
pub(super) async fn list(store: &Store, range: &Range) -> Result<Value, S3Code> {
    if range.prefix.len() > KEY_BYTES_MAX || range.after.len() > KEY_BYTES_MAX {
        return Err(S3Code::BadArgument);
    }
    let limit = range.limit.unwrap_or(LISTING.0).min(LISTING.1);
    let mut found = Found {
        limit: usize::try_from(limit).unwrap_or(usize::MAX),
        heads: 0,
        objects: Vec::new(),
        truncated: false,
    };
    // What no key can begin with is not asked for.
    if !could_begin_a_key(&range.prefix) {
        return Ok(found.told());
    }
    let prefix = format!("{}{}", store.jail(), range.prefix);
    let mut after = format!("{}{}", store.jail(), range.after);
    let mut token: Option<String> = None;
    for _ in 0..LISTING_PAGES_MAX {
        let mut query = vec![("list-type", "2"), ("max-keys", "1000")];
        if !prefix.is_empty() {
            query.push(("prefix", &prefix));
        }
        if !range.after.is_empty() {
            query.push(("start-after", &after));
        }
        if let Some(token) = &token {
            query.push(("continuation-token", token));
        }
        let body = store
            .ask(&Method::GET, None, &query, &[], &Attempt::default())
            .await?;
        let beyond = if range.after.is_empty() && token.is_none() {
            ""
        } else {
            &after
        };
        let page = Page::read(&body, &prefix, beyond).ok_or(S3Code::BadAnswer)?;
        for entry in &page.contents {
            let Some(name) = entry.key.strip_prefix(store.jail()) else {
                return Err(S3Code::BadAnswer);
            };
            let Ok(key) = Key::parse(name) else {
                continue;
            };
            if entry.size <= OBJECT_BYTES_MAX
                && !found
                    .add(store, &key, entry.size, entry.e_tag.as_deref())
                    .await?
            {
                return Ok(found.told());
            }
        }
        let Some(next) = page.next() else {
            return Ok(found.told());
        };
        token = Some(next.to_owned());
        if let Some(last) = page.contents.last() {
            after.clone_from(&last.key);
        }
    }
    // Only keys that are none, page after page: there is no key to go on from.
    if found.objects.is_empty() {
        return Err(S3Code::TooLarge);
    }
    found.truncated = true;
    Ok(found.told())
}

struct Found {
    limit: usize,
    heads: usize,
    objects: Vec<Value>,
    truncated: bool,
}

impl Found {
    fn told(self) -> Value {
        json!({ "objects": self.objects, "truncated": self.truncated })
    }

    /// Says whether there is room for more.
    async fn add(
        &mut self,
        store: &Store,
        key: &Key,
        size: u64,
        etag: Option<&str>,
    ) -> Result<bool, S3Code> {
        if self.objects.len() >= self.limit {
            self.truncated = true;
            return Ok(false);
        }
        let (size, etag) = match etag {
            Some(etag) if crate::s3::etag::is_tag(etag) => (size, etag.to_owned()),
            _ if self.heads >= LISTING_HEADS_MAX => {
                self.truncated = true;
                return Ok(false);
            }
            // Some stores leave it out of listings.
            _ => {
                self.heads += 1;
                match store.head_if_any(key).await? {
                    Some(found) => (found.size, found.etag),
                    None => return Ok(true),
                }
            }
        };
        self.objects
            .push(json!({ "key": key.as_str(), "size": size, "etag": etag }));
        Ok(true)
    }
}

/// Whether some key could begin like this: whole components are plain, and what is left could become one.
fn could_begin_a_key(prefix: &str) -> bool {
    let (whole, rest) = prefix
        .rsplit_once('/')
        .map_or((None, prefix), |(w, r)| (Some(w), r));
    whole.is_none_or(|whole| whole.split('/').all(plain))
        && !rest.chars().any(|c| c.is_control() || c == '\\')
}
