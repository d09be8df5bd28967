//! Metrics 指标: the numbers of a month, and the records behind each.

use butler_core::areas::metrics::{MetricInfo, MetricRecords};
use butler_core::model::MetricId;
use butler_core::playbook::metric::{GroupBy, MemberQuery, MetricGroup, MetricRow, Month, Side};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Every metric there is, in the order of a report.
    pub fn metrics_list(&self) -> Result<Vec<MetricInfo>, ButlerError> {
        self.butler.metrics().list()
    }

    /// The metrics of a month, or one of them: each as a whole, then by group where it may be grouped so.
    pub fn metrics_month(
        &self,
        month: Month,
        metric: Option<MetricId>,
        by: Option<GroupBy>,
    ) -> Result<Vec<MetricRow>, ButlerError> {
        self.butler.metrics().month(metric.as_ref(), month, by)
    }

    /// One metric as a whole over several months, a row a month in their order: what a chart draws.
    pub fn metrics_series(&self, metric: &MetricId, months: &[Month]) -> Result<Vec<MetricRow>, ButlerError> {
        self.butler.metrics().series(metric, months)
    }

    /// The records behind a number: of one group, or of all; of a share its part, or the whole.
    pub fn metrics_records(
        &self,
        metric: MetricId,
        month: Month,
        group: Option<MetricGroup>,
        side: Side,
        skip: usize,
        take: usize,
    ) -> Result<MetricRecords, ButlerError> {
        self.butler.metrics().records(month, &MemberQuery { metric, group, side, skip, take })
    }
}
