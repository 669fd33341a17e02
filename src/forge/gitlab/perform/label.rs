//! Labels that a project lacks. One that is there, the project's own or that of a group above it, is never touched.

use serde::de::IgnoredAny;
use serde_json::json;

use super::Work;
use crate::domain::effect::Made;
use crate::domain::policy::label::Label;
use crate::forge::PerformError;
use crate::forge::fault::Fault;

/// Makes the label, unless there is one of that name: GitLab says 409 then.
pub(super) async fn ensure(work: &Work<'_>, label: &Label) -> Result<Made, PerformError> {
    let body = json!({
        "name": label.name, "color": format!("#{}", label.color), "description": label.description,
    });
    match work.api().post::<IgnoredAny>(&work.project().then("labels"), body).await {
        Ok(IgnoredAny) | Err(Fault::Denied { status: 409, .. }) => Ok(Made::Nothing),
        Err(fault) => Err(fault.of_write()),
    }
}
