//! Labels that a repository lacks. One that is there, in whatever spelling, is never touched.

use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::Made;
use crate::domain::policy::label::Label;
use crate::forge::PerformError;
use crate::forge::fault::Fault;

/// Makes the label, unless there is one of that name. GitHub says 422 for that, and for names that it does not take.
pub(super) async fn ensure(work: &Work<'_>, label: &Label) -> Result<Made, PerformError> {
    let labels = work.reader.repository().then("labels");
    let body = json!({ "name": label.name, "color": label.color, "description": label.description });
    let fault = match work.reader.caller.post::<IgnoredAny>(&labels, body).await {
        Ok(IgnoredAny) => return Ok(Made::Nothing),
        Err(fault) => fault,
    };
    let Fault::Denied { status: 422, .. } = fault else { return Err(fault.of_write()) };
    match work.reader.caller.get::<IgnoredAny>(&labels.then(&label.name)).await {
        Ok(IgnoredAny) => Ok(Made::Nothing),
        Err(absent) if absent.is_absent() => Err(fault.of_write()),
        Err(other) => Err(other.of_lookup()),
    }
}
