//! How long access lasts, level by level: behind a strong role with an end may stand a weaker one without.

use jiff::civil::Date;

use crate::access::{AccessFact, Evidence};
use crate::inventory::Role;

/// What somebody can do in a namespace. Each level holds the ones before it: an editor has a shell in every notebook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    View,
    /// `view`, and let through to notebooks.
    Notebooks,
    Edit,
    Admin,
}

/// Access at one level that both sides have, and that lasts longer in the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Longer {
    pub level: Level,
    /// Its last day in the base.
    pub before: Date,
    /// Its last day in the head; `None` if it has none.
    pub after: Option<Date>,
}

impl Level {
    /// The level of a role.
    pub fn of(role: Role) -> Level {
        match role {
            Role::View => Level::View,
            Role::Edit => Level::Edit,
            Role::Admin => Level::Admin,
        }
    }

    /// As messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Level::View => "`view`",
            Level::Notebooks => "`view` and notebooks",
            Level::Edit => "`edit`",
            Level::Admin => "`admin`",
        }
    }

    fn reached(fact: &AccessFact) -> Level {
        let notebooks = if fact.notebook_access { Level::Notebooks } else { Level::View };
        notebooks.max(Level::of(fact.role))
    }
}

/// The last day on which a fact's ways give a level, or a stronger one; `None` if there is none. Ask only for a level that
/// the fact has.
pub fn end(fact: &AccessFact, level: Level) -> Option<Date> {
    let latest = |strong: &dyn Fn(&Evidence) -> bool| -> Option<Date> {
        let ends: Option<Vec<Date>> = fact.via.iter().filter(|way| strong(way)).map(|way| way.until).collect();
        ends?.into_iter().max()
    };
    match level {
        Level::View => latest(&|_| true),
        Level::Edit => latest(&|way| way.role >= Role::Edit),
        Level::Admin => latest(&|way| way.role >= Role::Admin),
        Level::Notebooks => notebooks_end(fact),
    }
}

/// Of the ways that are left after each end, the strongest decide about notebooks, as in the plan.
fn notebooks_end(fact: &AccessFact) -> Option<Date> {
    if opens_notebooks(fact.via.iter()) != fact.notebook_access {
        // No policy holds anybody back, whatever the entries say.
        return end(fact, Level::View);
    }
    let mut ends: Vec<Date> = fact.via.iter().filter_map(|way| way.until).collect();
    ends.sort();
    ends.dedup();
    if opens_notebooks(fact.via.iter().filter(|way| way.until.is_none())) {
        return None;
    }
    let open =
        |day: &&Date| opens_notebooks(fact.via.iter().filter(|way| way.until.is_none_or(|until| until >= **day)));
    ends.iter().rev().find(open).copied()
}

/// Whether these ways, all that there are, lead to notebooks or to a role that execs into them.
fn opens_notebooks<'e>(ways: impl Iterator<Item = &'e Evidence> + Clone) -> bool {
    let Some(role) = ways.clone().map(|way| way.role).max() else { return false };
    let said = ways.filter(|way| way.role == role).filter_map(|way| way.notebook_access);
    role > Role::View || said.reduce(|a, b| a && b).unwrap_or(false)
}

/// The levels of both sides that last longer in the head, the strongest first. A weaker one that lasts no longer than a
/// stronger one that is told, or gained, says nothing new.
pub fn longer(was: &AccessFact, is: &AccessFact) -> Vec<Longer> {
    let mut found: Vec<Longer> = Vec::new();
    // As far as a stronger level reaches of which the reader learns.
    let mut told: Option<Option<Date>> = None;
    for level in [Level::Admin, Level::Edit, Level::Notebooks, Level::View] {
        if level > Level::reached(is) {
            continue;
        }
        let after = end(is, level);
        if level > Level::reached(was) {
            if level != Level::Notebooks {
                told = Some(after);
            }
        } else if told != Some(after)
            && let Some(before) = end(was, level)
            && after.is_none_or(|after| before < after)
        {
            found.push(Longer { level, before, after });
            told = Some(after);
        }
    }
    found
}

/// Whether what is gained in the head has no end. The weakest level that is new lasts longest.
pub fn is_gained_for_ever(before: Option<Role>, is: &AccessFact) -> bool {
    let lowest = match before {
        None => Level::View,
        Some(Role::View) => Level::Edit,
        Some(Role::Edit | Role::Admin) => Level::Admin,
    };
    end(is, lowest).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::SubjectKind;
    use crate::plan::Via;

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn fact(notebook_access: bool, ways: &[(Role, Option<bool>, Option<&str>)]) -> AccessFact {
        let way = |&(role, notebook_access, until): &(Role, Option<bool>, Option<&str>)| Evidence {
            via: Via::Direct,
            groups: Vec::new(),
            role,
            notebook_access,
            until: until.map(day),
            file: "a.yaml".into(),
            line: 1,
        };
        AccessFact {
            cluster: "prod".into(),
            namespace: "vision".into(),
            kind: SubjectKind::User,
            identity: "ada@example.org".into(),
            tenant: "vision".into(),
            user: Some("ada".into()),
            role: ways[0].0,
            notebook_access,
            via: ways.iter().map(way).collect(),
        }
    }

    #[test]
    fn a_weaker_way_without_an_end_is_told() {
        let edit = (Role::Edit, None, Some("2027-02-28"));
        let was = fact(true, &[edit]);
        let found = longer(&was, &fact(true, &[edit, (Role::View, None, None)]));
        assert_eq!(found, [Longer { level: Level::View, before: day("2027-02-28"), after: None }]);
        let found = longer(&was, &fact(true, &[edit, (Role::View, Some(true), Some("2036-01-01"))]));
        let after = Some(day("2036-01-01"));
        assert_eq!(found, [Longer { level: Level::Notebooks, before: day("2027-02-28"), after }]);
        assert_eq!(longer(&was, &fact(true, &[edit, (Role::View, None, Some("2027-01-01"))])), []);
    }

    #[test]
    fn notebooks_may_be_opened_after_a_stronger_role() {
        let edit = (Role::Edit, None, Some("2027-02-28"));
        let was = fact(true, &[edit, (Role::View, None, None)]);
        let found = longer(&was, &fact(true, &[edit, (Role::View, Some(true), None)]));
        assert_eq!(found, [Longer { level: Level::Notebooks, before: day("2027-02-28"), after: None }]);
        // Another entry of the same role that says no decides until it ends.
        let no = (Role::View, Some(false), Some("2028-01-01"));
        let held = fact(true, &[edit, (Role::View, Some(true), Some("2027-06-01")), no]);
        assert_eq!(end(&held, Level::Notebooks), Some(day("2027-02-28")));
    }

    #[test]
    fn a_rise_tells_what_lasts_as_long() {
        let was = fact(false, &[(Role::View, None, Some("2027-02-28"))]);
        assert_eq!(longer(&was, &fact(true, &[(Role::Edit, None, None)])), []);
        let both = fact(true, &[(Role::Edit, None, Some("2027-03-31")), (Role::View, None, None)]);
        assert_eq!(longer(&was, &both), [Longer { level: Level::View, before: day("2027-02-28"), after: None }]);
        assert!(!is_gained_for_ever(Some(Role::View), &both));
        assert!(is_gained_for_ever(None, &both));
    }

    #[test]
    fn without_policies_notebooks_last_as_long_as_the_access() {
        let open = fact(true, &[(Role::View, None, Some("2027-02-28"))]);
        assert_eq!(end(&open, Level::Notebooks), Some(day("2027-02-28")));
    }
}
