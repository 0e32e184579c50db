//! The organisations that are measured (`benches/`) are what their words promise.

use jiff::civil::{Date, date};
use libtest_mimic::{Failed, Trial};
use tenantry::diag::Severity;
use tenantry::driver::{self, Outcome};
use tenantry::plan::Via;
use tenantry::render;
use tenantry::source::SourceMap;

use self::files::{CLUSTERS, LARGEST, Shape, files, tenant_path, with_newcomer};

#[path = "../../benches/organisation/mod.rs"]
mod files;

const AS_OF: Date = date(2026, 11, 22);
const SMALL: Shape = Shape { tenants: 300, seed: 7 };

type Test = (&'static str, fn() -> Result<(), Failed>);

pub fn trials() -> Vec<Trial> {
    let tests: [Test; 4] = [
        ("nothing-is-random", nothing_is_random),
        ("it-compiles", it_compiles),
        ("it-has-the-promised-shape", it_has_the_promised_shape),
        ("a-newcomer-changes-one-file", a_newcomer_changes_one_file),
    ];
    tests.into_iter().map(|(name, test)| Trial::test(format!("organisation/{name}"), test)).collect()
}

fn look<R>(files: Vec<files::File>, then: impl FnOnce(Outcome<'_>) -> R) -> R {
    driver::analyse(&SourceMap::new(files), Vec::new(), AS_OF, then)
}

fn nothing_is_random() -> Result<(), Failed> {
    assert_eq!(files(SMALL), files(SMALL));
    assert_ne!(files(SMALL), files(Shape { seed: 8, ..SMALL }));
    Ok(())
}

fn it_compiles() -> Result<(), Failed> {
    for tenants in [0, 1, 300] {
        look(files(Shape { tenants, ..SMALL }), |outcome| {
            let errors = outcome.diagnostics.iter().filter(|it| it.severity == Severity::Error);
            assert_eq!(errors.count(), 0, "{tenants} tenants: {:?}", outcome.diagnostics);
            // What is said once per cluster, whatever its size.
            assert!(outcome.diagnostics.len() <= 2 * CLUSTERS.len(), "{:?}", outcome.diagnostics);
            assert!(outcome.program.is_some());
        });
    }
    Ok(())
}

fn it_has_the_promised_shape() -> Result<(), Failed> {
    look(files(SMALL), |outcome| {
        let program = outcome.program.expect("it compiles");
        let plans = &program.get().plans;
        assert_eq!(plans.len(), CLUSTERS.len());
        let provisions = || plans.iter().flat_map(|plan| &plan.provisions);
        assert_eq!(provisions().count(), SMALL.tenants);
        let grants: usize = provisions().map(|it| it.grants.len()).sum();
        let through_groups = |it: &tenantry::plan::Grant<'_>| it.ways.iter().any(|way| way.via == Via::Group);
        let through_groups = provisions().flat_map(|it| &it.grants).filter(|grant| through_groups(grant)).count();
        let mean = grants as f64 / SMALL.tenants as f64;
        let share = through_groups as f64 / grants as f64;
        assert!((7.5..8.5).contains(&mean), "{mean} contributors on average");
        assert!((0.31..0.35).contains(&share), "{share} of them through groups");
        let most = provisions().map(|it| it.grants.len()).max().unwrap_or_default();
        let alone = provisions().filter(|it| it.grants.len() == 1).count();
        assert!(most > LARGEST / 2 && most <= LARGEST, "the largest has {most}");
        assert!(alone > SMALL.tenants / 3, "{alone} have one contributor");
        assert!(plans.iter().all(|plan| plan.shards > 1), "shards are chosen");
    });
    Ok(())
}

fn a_newcomer_changes_one_file() -> Result<(), Failed> {
    let compiled = |files| {
        look(files, |outcome| {
            let program = outcome.program.expect("it compiles");
            let program = program.get();
            let texts = program.plans.iter().flat_map(|plan| {
                plan.provisions.iter().map(|it| render::namespace_file(plan, it, &program.templates).text)
            });
            texts.collect::<Vec<String>>()
        })
    };
    let mut changed = files(SMALL);
    let path = tenant_path(0);
    let tenant = changed.iter_mut().find(|(name, _)| *name == path).ok_or("there is a first tenant")?;
    tenant.1 = with_newcomer(&tenant.1);
    let (before, after) = (compiled(files(SMALL)), compiled(changed));
    assert_eq!(before.iter().zip(&after).filter(|(before, after)| before != after).count(), 1);
    assert!(after.concat().contains("newcomer@example.org"));
    Ok(())
}
