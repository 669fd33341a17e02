//! Orders carried out as *ensure*, one file per noun: what is there is looked for before it is made again (invariant 5). What is ordered is not decided here.

use super::{GitLab, Order, PerformError};
use crate::domain::effect::Made;
use crate::forge::fault::Fault;

/// Carries an order out. Routes only.
pub(super) async fn ensure(_gitlab: &GitLab, order: &Order<'_>) -> Result<Made, PerformError> {
    Err(Fault::NotSent(anyhow::anyhow!("{} is not carried out on GitLab yet", order.key.as_str())).of_write())
}
