//! What `--fail-on` refuses.

use anyhow::{Result, bail};
use tenantry::diff::{ChangeSet, RiskCode, RiskSeverity, Verdict};

/// What `--fail-on` names.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// Anything that guards say, and what only a review can guard.
    Guards,
    /// Data would be lost.
    Destructive,
    /// Access, or what guards it, is opened.
    Widening,
    /// Any difference.
    Any,
    /// One risk.
    Risk(RiskCode),
}

/// Risks that are guards in all but name: only a review can see them.
const GUARDED: [RiskCode; 3] = [RiskCode::SelfGrant, RiskCode::ExternalWithoutUntil, RiskCode::PlatformNotCompared];

impl Condition {
    const WORDS: [(&'static str, Condition); 4] = [
        ("any", Condition::Any),
        ("destructive", Condition::Destructive),
        ("guards", Condition::Guards),
        ("widening", Condition::Widening),
    ];

    /// The condition of a name.
    pub fn parse(name: &str) -> Result<Condition> {
        let word = Condition::WORDS.iter().find(|(word, _)| *word == name).map(|(_, condition)| *condition);
        let Some(condition) = word.or_else(|| RiskCode::find(name).map(Condition::Risk)) else {
            let words = Condition::WORDS.iter().map(|(word, _)| *word);
            let known = words.chain(RiskCode::ALL.iter().map(|code| code.name()));
            let hint = tenantry::diag::suggest::nearest(name, known);
            let hint = hint.map(|name| format!("did you mean `{name}`?"));
            let hint = hint.unwrap_or_else(|| {
                "it takes `any`, `destructive`, `guards`, `widening` or the name of a risk".to_owned()
            });
            bail!("`--fail-on {name}`: there is no such thing; {hint}");
        };
        Ok(condition)
    }

    /// Everything in a review that meets it, a sentence each.
    pub fn reasons(self, changes: &ChangeSet) -> Vec<String> {
        let risks = |wanted: &dyn Fn(RiskCode, RiskSeverity) -> bool| -> Vec<String> {
            let found = changes.risks.iter().filter(|risk| wanted(risk.code, risk.severity));
            found.map(|risk| format!("{}: {}", risk.code.name(), risk.message)).collect()
        };
        match self {
            Condition::Guards => {
                let refusals = changes.guards.iter().map(|guard| {
                    let help = guard.help.as_deref().map(|help| format!("\n  help: {help}")).unwrap_or_default();
                    format!("{}: {}{help}", guard.code.name(), guard.message)
                });
                refusals.chain(risks(&|code, _| GUARDED.contains(&code))).collect()
            }
            Condition::Destructive => risks(&|_, severity| severity == RiskSeverity::Destructive),
            Condition::Widening => {
                let mut reasons = risks(&|_, severity| severity == RiskSeverity::Widening);
                let gained = changes.gained.iter().filter(|fact| !fact.is_stand_in());
                let gained = gained.map(|fact| (&fact.identity, fact.role, &fact.namespace, &fact.cluster));
                let wider = changes.changed.iter().filter(|change| change.is_wider()).map(|change| &change.fact);
                let wider = wider.filter(|fact| !fact.is_stand_in());
                let wider = wider.map(|fact| (&fact.identity, fact.role, &fact.namespace, &fact.cluster));
                reasons.extend(gained.chain(wider).map(|(who, role, namespace, cluster)| {
                    format!("`{who}` gains `{}` in the namespace `{namespace}` on the cluster `{cluster}`", role.name())
                }));
                reasons
            }
            Condition::Any if changes.verdict == Verdict::None => Vec::new(),
            Condition::Any => vec![format!("there is a difference: {}", changes.verdict.name())],
            Condition::Risk(wanted) => risks(&|code, _| code == wanted),
        }
    }
}
