//! What may have been meant by a name that is not known.

/// Of a list of what is possible, at most so many are named.
const MOST_NAMED: usize = 20;

/// What may have been meant by a name that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suggestion {
    /// Nothing known is near, and too much is known to list it.
    None,
    /// The nearest name that is known.
    Nearest(String),
    /// Everything that is known.
    OneOf(Vec<String>),
}

impl Suggestion {
    /// The nearest of the known names, else all of them.
    pub(in crate::playbook) fn among<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Self {
        let mut known: Vec<&str> = known.collect();
        known.dedup();
        let near = known.iter().map(|known| (distance(name, known), *known)).min();
        match near {
            Some((edits, near)) if edits <= name.chars().count().div_ceil(4) => {
                Self::Nearest(near.to_owned())
            }
            Some(_) if known.len() <= MOST_NAMED => {
                Self::OneOf(known.into_iter().map(ToOwned::to_owned).collect())
            }
            _ => Self::None,
        }
    }
}

/// Letters to put in, take out, change or swap to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let width = other.len() + 1;
    let mut table = vec![0; (one.len() + 1) * width];
    for row in 0..=one.len() {
        for column in 0..width {
            table[row * width + column] = if row == 0 || column == 0 {
                row + column
            } else {
                let differ = usize::from(one[row - 1] != other[column - 1]);
                let changed = table[(row - 1) * width + column - 1] + differ;
                let moved = table[(row - 1) * width + column].min(table[row * width + column - 1]) + 1;
                let swapped = (row > 1
                    && column > 1
                    && one[row - 1] == other[column - 2]
                    && one[row - 2] == other[column - 1])
                    .then(|| table[(row - 2) * width + column - 2] + 1);
                swapped.into_iter().fold(changed.min(moved), usize::min)
            };
        }
    }
    table.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered_else_all_of_them() {
        let among = |name| Suggestion::among(name, ["butler", "front_desk", "order"].into_iter());
        let all = ["butler", "front_desk", "order"].map(ToOwned::to_owned).to_vec();
        assert_eq!(among("bulter"), Suggestion::Nearest("butler".to_owned()));
        assert_eq!(among("frontdesk"), Suggestion::Nearest("front_desk".to_owned()));
        assert_eq!(among("gardener"), Suggestion::OneOf(all));
        assert_eq!(Suggestion::among("x", std::iter::empty()), Suggestion::None);
        assert_eq!((distance("", "abc"), distance("abcd", "abdc"), distance("a", "a")), (3, 1, 0));
    }
}
