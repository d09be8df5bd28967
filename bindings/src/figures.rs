//! Figures 指标: the numbers of a month, and the records behind each.

use butler_core::areas::figures::{FigureInfo, FigureRecords};
use butler_core::playbook::figure::By;
use butler_core::playbook::figure::count::{FigureRow, Group, Month, Page, Side};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// Every figure there is, in the order of a report.
    pub fn figures_list(&self) -> Result<Vec<FigureInfo>, ButlerError> {
        self.butler.figures().list()
    }

    /// The figures of a month, or one of them: each as a whole, then by group where it may be grouped so.
    pub fn figures_month(
        &self,
        month: Month,
        figure: Option<String>,
        by: Option<By>,
    ) -> Result<Vec<FigureRow>, ButlerError> {
        self.butler.figures().month(figure.as_deref(), month, by)
    }

    /// The records behind a number: of one group, or of all; of a share its part, or the whole.
    pub fn figures_records(
        &self,
        figure: &str,
        month: Month,
        group: Option<Group>,
        side: Side,
        skip: usize,
        take: usize,
    ) -> Result<FigureRecords, ButlerError> {
        self.butler.figures().records(figure, month, group.as_ref(), side, Page { skip, take })
    }
}
