//! Stocks: homes and people as they stand.

use std::collections::BTreeMap;

use super::super::fraction::Totals;
use super::{Definition, MetricCounter, TallyByPlace};
use crate::model::Kind;
use crate::playbook::metric::{
    GroupBy, Metric, MetricFilter, MetricGroup, MetricMember, MetricSource, Quantity, Side,
};
use crate::query::{FieldFilter, RecordIndex, Relation, Selection};

/// What a stock metric looks at.
struct Stock {
    whole: Selection,
    parts: Vec<StockPart>,
}

/// A part of a stock that is counted.
struct StockPart {
    /// The field that is filled in, where it is one field of several.
    field: Option<String>,
    selection: Selection,
}

impl<I: RecordIndex> MetricCounter<'_, I> {
    /// The totals of every group.
    pub(super) fn stock_totals(
        &mut self,
        of: Definition<'_>,
        by: Option<GroupBy>,
    ) -> Result<BTreeMap<Option<MetricGroup>, Totals>, I::Error> {
        let Some(stock) = self.stock(of.metric) else { return Ok(BTreeMap::new()) };
        let mut totals: BTreeMap<Option<MetricGroup>, Totals> = self.groups(of.file, by);
        for (place, tally) in self.tally(stock.whole)? {
            for group in self.groups_of_place(of, place.as_ref(), by) {
                let totals = totals.entry(group).or_default();
                totals.members += tally.count;
                totals.sum += tally.sum;
            }
        }
        for part in stock.parts {
            for (place, tally) in self.tally(part.selection)? {
                for group in self.groups_of_place(of, place.as_ref(), by) {
                    totals.entry(group).or_default().part += tally.count;
                }
            }
        }
        Ok(totals)
    }

    /// The records behind a stock metric.
    pub(super) fn stock_members(&self, metric: &Metric, side: Side) -> Result<Vec<MetricMember>, I::Error> {
        let Some(Stock { whole, parts }) = self.stock(metric) else { return Ok(Vec::new()) };
        let in_part = side == Side::Part && !parts.is_empty();
        let asked = if in_part {
            parts
        } else if metric.filled.is_empty() {
            vec![StockPart { field: None, selection: whole }]
        } else {
            let each = |path: &String| StockPart { field: Some(path.clone()), selection: whole.clone() };
            metric.filled.iter().map(each).collect()
        };
        let mut members = Vec::new();
        for part in asked {
            for row in self.index.select(&part.selection)? {
                members.push(MetricMember {
                    detail: part.field.clone(),
                    number: row.number,
                    in_part,
                    ..MetricMember::new(self.period.today(), row.record, None, row.place)
                });
            }
        }
        Ok(members)
    }

    fn stock(&self, metric: &Metric) -> Option<Stock> {
        let MetricSource::Subjects { kind } = &metric.of else { return None };
        let mut whole = self.selection(kind.record()?, &metric.only);
        if let Some(Quantity::Field(path)) = metric.quantity() {
            whole.fields.filters.push(FieldFilter::present(path));
            whole.number = Some(path.clone());
        }
        let mut parts = Vec::new();
        if let Some(share) = &metric.share {
            let more = self.selection(whole.kind, share);
            let mut selection = whole.clone();
            selection.fields.filters.extend(more.fields.filters);
            selection.fields.unless.extend(more.fields.unless);
            selection.fields.dates.extend(more.fields.dates);
            selection.related.extend(more.related);
            parts.push(StockPart { field: None, selection });
        }
        for path in &metric.filled {
            let mut selection = whole.clone();
            selection.fields.filters.push(FieldFilter::present(path));
            parts.push(StockPart { field: Some(path.clone()), selection });
        }
        Some(Stock { whole, parts })
    }

    fn selection(&self, kind: Kind, filter: &MetricFilter) -> Selection {
        let related = filter.having.iter().map(|related| Relation {
            kind: related.kind,
            through: related.through().to_owned(),
            fields: self.period.field_match(&related.filters, &related.unless, &related.dates),
        });
        Selection { kind, fields: self.period.fields(filter), related: related.collect(), number: None }
    }

    fn tally(&mut self, selection: Selection) -> Result<TallyByPlace, I::Error> {
        if let Some((_, known)) = self.fetched.tallies.iter().find(|(asked, _)| *asked == selection) {
            return Ok(known.clone());
        }
        let tallies = self.index.tally(&selection)?;
        self.fetched.tallies.push((selection, tallies.clone()));
        Ok(tallies)
    }
}
