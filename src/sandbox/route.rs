//! Tables of operations, and finding the one that a path means. Which operations there are is each wire's affair.

use std::collections::BTreeMap;

use super::call::Call;
use super::model::{Model, Refusal};
use super::wire::Reply;

/// One route: `N` says what an operation needs, `C` who may call it.
pub(crate) struct Operation<N, C> {
    pub(crate) method: &'static str,
    /// Segments; `{name}` stands for one and a last `{name*}` for one or more.
    pub(crate) path: &'static str,
    pub(crate) need: N,
    pub(crate) act: fn(&mut Model, &Call<C>) -> Result<Reply, Refusal>,
}

impl<N, C> Operation<N, C> {
    /// As `METHOD /path/{template}`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

/// An operation and the parts of the path that its template names.
pub(crate) type Found<N, C> = (&'static Operation<N, C>, BTreeMap<&'static str, String>);

/// The operation of a request. Where several fit, the one with more fixed segments goes first.
pub(crate) fn find<N, C>(
    tables: &[&'static [Operation<N, C>]],
    method: &str,
    path: &str,
) -> Option<Found<N, C>> {
    let all: Vec<&'static Operation<N, C>> = tables.iter().copied().flatten().collect();
    let candidates = all.into_iter().filter(|operation| operation.method == method);
    let fitting = candidates.filter_map(|operation| Some((operation, fit(operation.path, path)?)));
    fitting
        .max_by_key(|(operation, _)| operation.path.split('/').filter(|part| !part.starts_with('{')).count())
}

/// The named parts if a path fits a template.
fn fit(template: &'static str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let mut parts = path.split('/');
    let mut named = BTreeMap::new();
    for expected in template.split('/') {
        if let Some(name) = expected.strip_prefix('{').and_then(|rest| rest.strip_suffix("*}")) {
            let rest: Vec<&str> = parts.by_ref().collect();
            named.insert(name, rest.join("/"));
            return (!rest.is_empty()).then_some(named);
        }
        let part = parts.next()?;
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !part.is_empty() => {
                named.insert(name, part.to_owned());
            }
            Some(_) => return None,
            None if expected == part => {}
            None => return None,
        }
    }
    parts.next().is_none().then_some(named)
}
