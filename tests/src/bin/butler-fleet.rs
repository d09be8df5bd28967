//! `butler-fleet`: runs many seeds of a fleet, and looks for the least that still breaks a promise.

use std::ops::Range;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use butler_tests::fleet::Plan;
use butler_tests::fleet::plan::{Faults, Restored, run_and_compare, shrink};
use clap::{Parser, ValueEnum};

/// Runs fleets of phones and their office from seeds.
#[derive(Parser)]
struct Cli {
    /// What they go through
    #[arg(value_enum, default_value = "usual")]
    plan: Named,
    /// The first seed
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// How many seeds
    #[arg(long, default_value_t = 10)]
    seeds: u64,
    /// Threads
    #[arg(long, default_value_t = 1)]
    threads: u64,
    /// Look for the least that still breaks, of the first seed that does, with so many seeds for each smaller plan
    #[arg(long)]
    shrink: Option<u64>,
    /// Stop at the first seed that breaks
    #[arg(long)]
    first: bool,
    /// Instead of a plan: these faults, as `restore=35,move_building=16`
    #[arg(long)]
    faults: Option<String>,
    /// Without this rule, by its name in `SyncRules` or `hub::Rules`: which seeds notice?
    #[arg(long)]
    without: Option<String>,
    /// Phones, instead of the plan's
    #[arg(long)]
    phones: Option<usize>,
    /// Days, instead of the plan's
    #[arg(long)]
    days: Option<u32>,
    /// Say what each seed went through
    #[arg(short, long)]
    verbose: bool,
}

/// A plan by its name.
#[derive(Clone, Copy, ValueEnum)]
enum Named {
    /// A bad week
    Usual,
    /// Nine phones, five days
    Nine,
    /// Everything often
    Harsh,
    /// Two or three faults, each seed with its own; mostly with an office that is restored
    Pairs,
    /// One fault after the other, each with an office that is restored
    Restored,
    /// Everything, and an office that is restored again and again
    Several,
}

impl Cli {
    fn plan(&self, seed: u64) -> Result<Plan, String> {
        let mut plan = match self.plan {
            Named::Usual => Plan::default(),
            Named::Nine => Plan { phones: 9, days: 5, ..Plan::default() },
            Named::Harsh => Plan::harsh(),
            Named::Pairs => Plan::of_pairs(seed),
            Named::Restored => Plan::restored_with_one(seed),
            Named::Several => Plan::restored_again_and_again(),
        };
        if let Some(text) = &self.faults {
            plan.faults = faults(text)?;
            plan.restored = Restored::Never;
        }
        if let Some(name) = &self.without {
            *switch(&mut plan, name).ok_or_else(|| format!("no rule: {name}"))? = false;
        }
        plan.phones = self.phones.unwrap_or(plan.phones);
        plan.days = self.days.unwrap_or(plan.days);
        Ok(plan)
    }

    fn run(&self, seeds: Range<u64>, broken: &AtomicU64) -> Result<Option<u64>, String> {
        let mut first = None;
        for seed in seeds {
            let plan = self.plan(seed)?;
            match run_and_compare(seed, &plan) {
                Ok(outcome) if self.verbose => println!("seed {seed}: {}\n    {outcome}", plan.told()),
                Ok(_) => {}
                Err(what) => {
                    println!("seed {seed}: BROKEN {what}\n    {}", plan.told());
                    broken.fetch_add(1, Ordering::Relaxed);
                    first = first.or(Some(seed));
                    if self.first {
                        break;
                    }
                }
            }
        }
        Ok(first)
    }

    fn all(&self) -> Result<bool, String> {
        let broken = AtomicU64::new(0);
        let (threads, end) = (self.threads.max(1), self.from + self.seeds);
        let share = self.seeds.div_ceil(threads);
        let first = std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads)
                .map(|thread| {
                    (self.from + thread * share).min(end)..(self.from + (thread + 1) * share).min(end)
                })
                .map(|seeds| scope.spawn(|| self.run(seeds, &broken)))
                .collect();
            let ran =
                running.into_iter().map(|thread| thread.join().map_err(|_| "a thread broke".to_owned())?);
            ran.collect::<Result<Vec<_>, String>>()
        })?;
        let broken = broken.into_inner();
        println!("{broken} of {} seeds break a promise", self.seeds);
        if let (Some(seed), Some(tries)) = (first.into_iter().flatten().next(), self.shrink)
            && let Some((seed, plan, what)) = shrink(seed, &self.plan(seed)?, tries)
        {
            println!("the least that breaks: seed {seed}: {what}\n    {}", plan.told());
        }
        Ok(broken == 0)
    }
}

/// The switch of a rule.
fn switch<'p>(plan: &'p mut Plan, name: &str) -> Option<&'p mut bool> {
    let Plan { phone_rules: phone, office_rules: office, .. } = plan;
    Some(match name {
        "adopt_duplicates" => &mut phone.adopt_duplicates,
        "own_dependencies" => &mut phone.own_dependencies,
        "new_actor" => &mut phone.new_actor,
        "final_verdicts" => &mut phone.final_verdicts,
        "rebuild" => &mut phone.rebuild,
        "acknowledged_wins" => &mut phone.acknowledged_wins,
        "receipts_of_all" => &mut phone.receipts_of_all,
        "sweep" => &mut phone.sweep,
        "page_must_fit" => &mut phone.page_must_fit,
        "lost_grid_forgotten" => &mut phone.lost_grid_forgotten,
        "new_generation" => &mut phone.new_generation,
        "ask_accepted_since" => &mut phone.ask_accepted_since,
        "hand_in_foreign" => &mut phone.hand_in_foreign,
        "keep_unbacked" => &mut phone.keep_unbacked,
        "one_copy_per_edit" => &mut office.one_copy_per_edit,
        "verdicts_are_final" => &mut office.verdicts_are_final,
        "dependency_rejected_at_once" => &mut office.dependency_rejected_at_once,
        "pending_is_applied" => &mut office.pending_is_applied,
        "forks_are_found" => &mut office.forks_are_found,
        "receipts_ordinal_within_record" => &mut office.receipts_ordinal_within_record,
        "sealed_is_accepted" => &mut office.sealed_is_accepted,
        _ => return None,
    })
}

fn faults(text: &str) -> Result<Faults, String> {
    let mut faults = Faults::NONE;
    for part in text.split(',').filter(|part| !part.is_empty()) {
        let (name, percent) = part.split_once('=').ok_or_else(|| format!("no percentage: {part}"))?;
        let of = faults.named(name).ok_or_else(|| format!("no fault: {name}"))?;
        *of = percent.parse().map_err(|_| format!("no percentage: {part}"))?;
    }
    Ok(faults)
}

fn main() -> ExitCode {
    match Cli::parse().all() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(what) => {
            println!("{what}");
            ExitCode::FAILURE
        }
    }
}
