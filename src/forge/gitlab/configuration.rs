//! What `.gitlab-ci.yml` at a commit says of the pipelines that it describes. What follows from it is not decided here.

use serde_json::Value;

use super::api::Api;
use crate::domain::id::CommitId;
use crate::domain::query::Inputs;
use crate::forge::fault::{Fault, if_there};
use crate::forge::route::Route;

/// Its name, where the project's settings name no other.
pub(super) const FILE: &str = ".gitlab-ci.yml";

/// What a pipeline on the commit can be given: inputs, where the file declares any, else variables of any name. `None`: there is
/// no such file.
pub(super) async fn inputs(api: &Api, project: Route, commit: &CommitId) -> Result<Option<Inputs>, Fault> {
    let route = project.down("repository/files").then(FILE).then("raw").with("ref", commit);
    Ok(if_there(api.text(&route).await)?.as_deref().map(declared))
}

/// See <https://docs.gitlab.com/ci/inputs/>: inputs stand in a first document of their own.
fn declared(yaml: &str) -> Inputs {
    let header = yaml.split("\n---").next().unwrap_or_default();
    let inputs = serde_saphyr::from_str::<Value>(header)
        .ok()
        .and_then(|header| header.get("spec")?.get("inputs")?.as_object().cloned());
    match inputs {
        Some(inputs) if header.len() < yaml.len() => {
            Inputs::Declared(inputs.into_iter().map(|(name, _)| name).collect())
        }
        Some(_) | None => Inputs::Any,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_those_of_the_first_document() {
        let declared_by = |yaml: &str| match declared(yaml) {
            Inputs::Declared(names) => Some(names),
            Inputs::Any => None,
        };
        let names = Some(vec!["environment".to_owned(), "pipeline".to_owned()]);
        let with = "spec:\n  inputs:\n    pipeline:\n    environment: { default: x }\n---\njob:\n  script: !reference [a, b]\n";
        assert_eq!(declared_by(with), names);
        for without in [
            "",
            "job: { script: x }",
            "spec:\n  inputs:\n    a:\njob: {}\n",
            "---\njob: {}\n",
            "a: [\n---\nb",
        ] {
            assert_eq!(declared_by(without), None, "{without:?}");
        }
    }
}
