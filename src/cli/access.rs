//! `tenantry access`: who has access to what, and why.

use anyhow::{Result, bail};
use tenantry::access::{self, AccessFact, PlatformAdmin, SubjectKind};
use tenantry::diag::suggest::nearest;
use tenantry::driver::{Floors, Program, analyse_side};
use tenantry::inventory::{Inventory, User};
use tenantry::name::fold_case;
use tenantry::report::access::{Format, Listing, render};
use tenantry::source::Places;

use super::args::{Access, AccessFormat, Common};
use super::check::name_day;
use super::clock;
use super::console::Console;
use super::exit::Exit;
use super::read::{self, Input};

/// Lists the access that an inventory gives.
pub fn run(options: &Access, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let Input { sources, found, prefix } = read::read(&options.input, console.meter());
    analyse_side(&sources, found, as_of.date, &Floors::new(), console.meter(), |outcome| {
        name_day(&outcome, as_of, console);
        let Some(program) = &outcome.program else {
            console.diagnostics(&outcome.diagnostics, &sources, &prefix);
            return Ok(Exit::of(&outcome.diagnostics));
        };
        let program = program.get();
        check_names(options, program.inventory)?;
        let who = options.user.as_deref().map(|name| Who::find(name, program.inventory));
        if let Some(other) = who.as_ref().and_then(|who| who.other_name(program.inventory)) {
            console.note(&other);
        }
        let places = Places { sources: &sources, prefix: &prefix };
        let mut listing = Listing {
            as_of: as_of.date,
            admins: admins(options, program, who.as_ref()),
            facts: facts(options, program, who.as_ref(), places),
            nothing: None,
        };
        if listing.facts.is_empty() {
            listing.nothing = Some(nothing(options, program.inventory, who.as_ref()));
        }
        let format = match options.format {
            AccessFormat::Text => Format::Text,
            AccessFormat::Json => Format::Json,
            AccessFormat::Csv => Format::Csv,
        };
        if let (Some(nothing), true) = (&listing.nothing, format != Format::Text) {
            console.note(nothing);
        }
        console.result(&render(&listing, format, console.colours_results()))?;
        Ok(Exit::Done)
    })
}

/// A tenant or cluster that is not there is a mistake of the call. A person who is not there is an answer.
fn check_names(options: &Access, inventory: &Inventory) -> Result<()> {
    let tenants: Vec<&str> = inventory.tenants().map(|(_, tenant)| tenant.name.as_str()).collect();
    let clusters: Vec<&str> = inventory.platforms().map(|(_, platform)| platform.name.as_str()).collect();
    for (what, asked, known) in [("tenant", &options.tenant, &tenants), ("cluster", &options.cluster, &clusters)] {
        if let Some(asked) = asked.as_deref().filter(|asked| !known.contains(asked)) {
            let hint = nearest(asked, known.iter().copied());
            let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            bail!("the inventory has no {what} `{asked}`{hint}");
        }
    }
    Ok(())
}

/// Whom `--user` names.
struct Who<'w> {
    asked: &'w str,
    /// The person, if the inventory has them.
    user: Option<&'w User>,
}

impl<'w> Who<'w> {
    /// By short name, else by identity, address or short name, letter case aside, else by an earlier identity.
    fn find(asked: &'w str, inventory: &'w Inventory) -> Who<'w> {
        let users = inventory.users();
        let same = |text: &str| fold_case(text) == fold_case(asked);
        let by_name = users.iter().find(|user| user.name.as_str() == asked);
        let by_identity = || users.iter().find(|user| same(user.identity.as_str()));
        let by_address = || users.iter().find(|user| user.email.as_deref().is_some_and(same));
        let by_any_case = || users.iter().find(|user| same(user.name.as_str()));
        let by_earlier = || users.iter().find(|user| user.previously.iter().any(|old| same(old.as_str())));
        let user = by_name.or_else(by_identity).or_else(by_address).or_else(by_any_case).or_else(by_earlier);
        Who { asked, user }
    }

    /// Who that is, if the person goes by another name than the one that was asked for.
    fn other_name(&self, inventory: &Inventory) -> Option<String> {
        let (asked, user) = (self.asked, self.user?);
        let identity = user.identity.as_str();
        let mut on_clusters = inventory.platforms().map(|(_, platform)| platform.identity_of(&user.identity));
        let exact = [Some(user.name.as_str()), Some(identity), user.email.as_deref()].contains(&Some(asked));
        if exact || on_clusters.any(|identity| identity.as_str() == asked) {
            return None;
        }
        let same = |text: &str| fold_case(text) == fold_case(asked);
        let is_now = [Some(user.name.as_str()), Some(identity), user.email.as_deref()].into_iter().flatten().any(same);
        let verb = if is_now { "is" } else { "is now" };
        Some(format!("`{asked}` {verb} `{identity}`, the user `{}`", user.name))
    }

    fn is_called(&self, name: &str) -> bool {
        self.user.is_some_and(|user| user.name.as_str() == name)
    }

    fn is(&self, fact: &AccessFact) -> bool {
        match (&fact.user, fact.kind) {
            (Some(user), _) => self.is_called(user),
            // A service account or a group can be asked for as it is written.
            (None, SubjectKind::ServiceAccount | SubjectKind::Group) => &*fact.identity == self.asked,
            (None, SubjectKind::User) => false,
        }
    }
}

fn facts(options: &Access, program: &Program<'_>, who: Option<&Who<'_>>, places: Places<'_>) -> Vec<AccessFact> {
    let mut facts: Vec<AccessFact> = program.plans.iter().flat_map(|plan| access::facts(plan, places)).collect();
    facts.retain(|fact| {
        options.cluster.as_ref().is_none_or(|cluster| *fact.cluster == **cluster)
            && options.tenant.as_ref().is_none_or(|tenant| *fact.tenant == **tenant)
            && who.is_none_or(|who| who.is(fact))
    });
    facts
}

fn admins(options: &Access, program: &Program<'_>, who: Option<&Who<'_>>) -> Vec<PlatformAdmin> {
    let platforms = program.inventory.platforms();
    let mut admins: Vec<PlatformAdmin> =
        platforms.flat_map(|(_, platform)| access::platform_admins(program.inventory, platform)).collect();
    admins.retain(|admin| {
        options.cluster.as_ref().is_none_or(|cluster| admin.cluster == *cluster)
            && who.is_none_or(|who| who.is_called(&admin.user))
    });
    admins
}

/// Why the list is empty.
fn nothing(options: &Access, inventory: &Inventory, who: Option<&Who<'_>>) -> String {
    let mut where_ = String::new();
    for (what, name) in [("to the tenant", &options.tenant), ("on the cluster", &options.cluster)] {
        if let Some(name) = name {
            where_.push_str(&format!(" {what} `{name}`"));
        }
    }
    let Some(who) = who else { return format!("no path: nobody has access{where_}") };
    let asked = who.asked;
    match who.user {
        Some(user) if user.departed => format!("no path: `{asked}` has departed, and has no access{where_}"),
        Some(_) => format!("no path: nothing gives `{asked}` access{where_}"),
        None => {
            let names = inventory.users().iter().flat_map(|user| [user.name.as_str(), user.identity.as_str()]);
            let hint = nearest(asked, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            format!("no path: the inventory knows nobody called `{asked}`{hint}")
        }
    }
}
