//! Papers 单据: slips to be printed and handed over.

use butler_core::areas::papers::PaperRow;
use butler_core::model::RecordId;
use butler_core::playbook::{Label, Language};

use crate::{ButlerCore, ButlerError};

#[uniffi::export]
impl ButlerCore {
    /// The slips a case, a round or a row of a register can be handed out as now.
    pub fn papers_of(&self, id: RecordId) -> Result<Vec<PaperRow>, ButlerError> {
        self.butler.papers().of(id)
    }

    /// One of them as a page of HTML in each language, for the platform to show and print. It fetches nothing and runs
    /// nothing.
    pub fn papers_html(&self, id: RecordId, paper: &str) -> Result<Label, ButlerError> {
        let page = |language| Ok::<_, ButlerError>(self.butler.papers().fill(id, paper, language)?.html());
        Ok(Label::new(page(Language::Zh)?, page(Language::En)?))
    }
}
