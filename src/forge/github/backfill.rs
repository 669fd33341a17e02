//! Deliveries that did not reach us, fetched after a time of being down (S4): GitHub never sends one again by itself. Taking them in is intake's business.

use bytes::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::auth::Credential;
use super::{GitHub, ReadError};
use crate::forge::Headers;
use crate::forge::fault::if_there;
use crate::forge::route::Route;

/// At most this many pages of a hundred failed deliveries.
const PAGES: u32 = 20;

#[derive(Deserialize)]
struct Failed {
    id: u64,
    guid: String,
    delivered_at: Timestamp,
}

#[derive(Deserialize)]
struct Delivery {
    request: Request,
}

#[derive(Deserialize)]
struct Request {
    #[serde(default)]
    headers: Map<String, Value>,
    payload: Value,
}

impl GitHub {
    /// The deliveries since then that failed, oldest first, each once and at most `limit`, as if they came now. They are
    /// authentic because GitHub's API told them; their bytes are not those that were signed.
    ///
    /// # Errors
    /// Where GitHub does not answer or does not accept our key.
    pub async fn failed_deliveries(
        &self,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<(Headers, Bytes)>, ReadError> {
        let caller = self.api.speak_as(Credential::App);
        let route = Route::root().down("app/hook/deliveries");
        let list = route.clone().with("per_page", 100).with("status", "failure");
        let is_old = |failed: &Failed| failed.delivered_at < since;
        let failed =
            caller.pages(&list, PAGES, |page: Vec<Failed>| page, |all| all.iter().any(is_old)).await?;
        let mut deliveries = Vec::new();
        for failed in wanted(failed, since, limit) {
            // One that GitHub has dropped meanwhile is gone for good.
            let found: Option<Delivery> = if_there(caller.get(&route.clone().then(failed.id)).await)?;
            deliveries.extend(found.map(|delivery| as_delivered(delivery.request)));
        }
        Ok(deliveries)
    }
}

/// The oldest first; a delivery that failed several times keeps its guid and counts once.
fn wanted(mut failed: Vec<Failed>, since: Timestamp, limit: usize) -> Vec<Failed> {
    failed.retain(|failed| failed.delivered_at >= since);
    failed.sort_by_key(|failed| (failed.delivered_at, failed.id));
    let mut known = std::collections::HashSet::new();
    failed.retain(|failed| known.insert(failed.guid.clone()));
    failed.truncate(limit);
    failed
}

fn as_delivered(request: Request) -> (Headers, Bytes) {
    let headers = request
        .headers
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_ascii_lowercase(), value.as_str()?.to_owned())));
    (Headers(headers.collect()), Bytes::from(request.payload.to_string()))
}
