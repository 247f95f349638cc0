//! The days of an office: cases are opened, worked on, handed over, hidden, opened with glass, and brought to their stage.

use super::*;

impl Office {
    /// Lives its days, up to the last word that is planted.
    pub(in crate::authorisation) fn live(&mut self, machines: &mut Machines) -> Checked<()> {
        self.open_cases(machines)?;
        self.own_entries(|case| Some(case.registrar), machines)?;
        self.sync_those(&[Part::Field], machines)?;
        self.settle(machines)?;
        self.prepare(machines)?;
        self.hand_over(|case| case.hidden, machines)?;
        self.hand_over(|case| case.former, machines)?;
        self.hide(machines)?;
        self.hand_over(|case| case.responsible, machines)?;
        self.book(machines)?;
        self.own_entries(|case| case.lead, machines)?;
        self.break_glass(|case| case.over, machines)?;
        // Glass stands open for a day; what is planted after it must not come through.
        machines.now = machines.now.plus_millis(25 * HOUR);
        let last = self.last_words(machines)?;
        self.let_go(machines)?;
        self.sync_those(&[Part::Gone, Part::Outside, Part::Field], machines)?;
        self.check_quarantine(&last, machines)?;
        self.advance(machines)?;
        self.plant_late(machines)?;
        self.break_glass(|case| case.glass, machines)?;
        if machines.door.has_blobs() {
            self.attach(machines)?;
        }
        self.sync_all(machines)?;
        self.back_up(machines)?;
        self.sync_all(machines)
    }

    fn open_cases(&mut self, machines: &mut Machines) -> Checked<()> {
        for stage in self.cast.stages.clone() {
            let parts: &[Part] = if is_twofold(stage) {
                &[Part::Staff, Part::Field, Part::Gone]
            } else {
                &[Part::Staff]
            };
            for part in parts {
                for slot in 0..self.cast.roles.len() {
                    self.open_case(stage, slot, *part, machines)?;
                }
            }
        }
        Ok(())
    }

    fn open_case(
        &mut self,
        stage: Stage,
        slot: usize,
        part: Part,
        machines: &mut Machines,
    ) -> Checked<()> {
        let registrar = if stage.is_draft() {
            DOOR
        } else if registers(&self.profile, self.cast.roles[slot]) {
            self.seat(slot, Part::Staff)
        } else {
            DIRECTOR
        };
        let lead_role = self.cast.roles[(slot + 2) % self.cast.roles.len()];
        let leads = self.profile.sessions.lead_roles.contains(&lead_role) && !stage.is_draft();
        let assigned = |seat: usize| stage.is_assigned().then_some(seat);
        let number = self.cases.len();
        self.cases.push(Case {
            id: CaseId::from_bytes([0; 16]),
            stage,
            registrar,
            responsible: assigned(self.seat(slot + 1, part)),
            former: assigned(self.seat(slot + 3, Part::Staff)),
            hidden: assigned(self.seat(slot, Part::Outside)),
            lead: leads.then_some(self.seat(slot + 2, Part::Staff)),
            stranger: self.seat(slot + 1, Part::Outside),
            glass: self.seat(slot + 2, Part::Outside),
            over: self.seat(slot + 3, Part::Outside),
        });
        let name = self.word((number, Class::Intake, registrar), (false, None), machines);
        let reporter = self.word(
            (number, Class::Reporter, registrar),
            (false, None),
            machines,
        );
        let register = deeds::register(&name, &reporter, KECAMATAN, stage.is_draft())?;
        let id = self.seats[registrar].record(machines, None, register)?;
        let id = id.ok_or_else(|| Violation::new("everybody can register", String::new()))?;
        self.cases[number].id = id.into();
        let group = self.word(
            (number, Class::Activity, registrar),
            (false, None),
            machines,
        );
        self.seats[registrar].record(machines, None, deeds::activity(&group)?)?;
        Ok(())
    }

    /// Papers, consent, contract and needs, as far as a case is to come.
    fn prepare(&mut self, machines: &mut Machines) -> Checked<()> {
        for case in 0..self.cases.len() {
            let stage = self.cases[case].stage;
            if stage.is_draft() {
                continue;
            }
            for deed in deeds::papers(&self.profile)? {
                self.direct(case, deed, machines)?;
            }
            if stage.status >= Status::Triaged {
                self.direct(case, deeds::triage(&self.profile), machines)?;
            }
        }
        self.settle(machines)
    }

    /// A case goes to somebody, who writes in it.
    fn hand_over(
        &mut self,
        to: impl Fn(&Case) -> Option<usize>,
        machines: &mut Machines,
    ) -> Checked<()> {
        for case in 0..self.cases.len() {
            let Some(seat) = to(&self.cases[case]) else {
                continue;
            };
            let (is_first, person) = (
                to(&self.cases[case]) == self.cases[case].hidden,
                self.person(seat),
            );
            let deed = deeds::assign(person, is_first)?;
            self.direct(case, deed, machines)?;
        }
        self.settle(machines)?;
        self.own_entries(to, machines)
    }

    fn hide(&mut self, machines: &mut Machines) -> Checked<()> {
        self.sync([DIRECTOR], machines)?;
        for case in 0..self.cases.len() {
            let from = [self.cases[case].hidden, Some(self.cases[case].stranger)];
            for seat in from.into_iter().flatten() {
                let person = self.person(seat);
                self.direct(case, deeds::conflict(person)?, machines)?;
            }
        }
        self.settle(machines)
    }

    /// The case that is of one family with another: they go in pairs.
    fn relative(&self, case: usize) -> Option<CaseId> {
        let drafts = self.cases.iter().filter(|case| case.stage.is_draft());
        let drafts = drafts.count();
        let number = case.checked_sub(drafts)?;
        let other = self.cases.get(drafts + (number ^ 1));
        Some(other.or(self.cases.get(drafts))?.id)
    }

    /// Books a session of every case, and links it with another.
    fn book(&mut self, machines: &mut Machines) -> Checked<()> {
        for case in 0..self.cases.len() {
            if self.cases[case].stage.is_draft() {
                continue;
            }
            self.booked += 1;
            let starts_at = machines.now.plus_millis(-self.booked * DAY);
            let lead = self.person(self.cases[case].lead.unwrap_or(DIRECTOR));
            let word = self.word((case, Class::Sessions, DIRECTOR), (false, None), machines);
            self.direct(case, deeds::session(lead, starts_at, &word)?, machines)?;
            let word = self.word((case, Class::Links, DIRECTOR), (false, None), machines);
            let Some(related) = self.relative(case) else {
                continue;
            };
            self.direct(case, deeds::link(related, &word)?, machines)?;
        }
        self.settle(machines)
    }

    /// Those who leave write something on devices that will hand it in too late: it goes to quarantine, which nobody is sent.
    fn last_words(&mut self, machines: &mut Machines) -> Checked<BTreeSet<CommandId>> {
        let mut last = BTreeSet::new();
        for case in 0..self.cases.len() {
            let leaving = self.cases[case].responsible;
            let Some(seat) = leaving.filter(|seat| self.parts[*seat] == Part::Gone) else {
                continue;
            };
            for class in deeds::OWN {
                let word = self.word((case, *class, seat), (true, None), machines);
                let (id, deed) = (self.cases[case].id, deeds::own(*class, &word)?);
                match self.seats[seat].record(machines, Some(id), deed)? {
                    Some(command) => {
                        machines.canaries.turn_away(&word);
                        last.insert(command);
                    }
                    None => machines.canaries.pull_out(&word),
                }
            }
        }
        Ok(last)
    }

    /// What was handed in too late lies in quarantine, all of it.
    fn check_quarantine(
        &self,
        handed_in: &BTreeSet<CommandId>,
        machines: &mut Machines,
    ) -> Checked<()> {
        let (institution, now) = (self.institution.clone(), machines.later());
        let Machines { door, chance, .. } = machines;
        let lies = door.administer(now, chance, move |engine, _, _| {
            engine.quarantine(&institution)
        })?;
        let lies = lies.map_err(|error| Violation::broke("Engine::quarantine", &error))?;
        let lost: Vec<&CommandId> = handed_in.difference(&lies).collect();
        ensure(
            lost.is_empty(),
            "what comes from those who left is quarantined",
            || format!("{} of {} are not", lost.len(), handed_in.len()),
        )
    }

    /// Mandates end, and people leave.
    fn let_go(&mut self, machines: &mut Machines) -> Checked<()> {
        for seat in 0..self.seats.len() {
            let (institution, person) = (self.institution.clone(), self.person(seat));
            let (part, role, now) = (self.parts[seat], self.seats[seat].role, machines.later());
            let Machines { door, chance, .. } = &mut *machines;
            let done = door.administer(now, chance, move |engine, now, _| match part {
                Part::Field => {
                    let until = Some(now.plus_millis(-HOUR));
                    engine.set_terms(&institution, person, until, BTreeSet::new(), now)
                }
                Part::Gone => engine.change_staff(&institution, person, &[role.code()], false, now),
                Part::Staff | Part::Outside | Part::Deputy | Part::Door | Part::Director => Ok(()),
            })?;
            done.map_err(|error| Violation::broke("let go", &error))?;
        }
        Ok(())
    }

    /// Takes every case to its state.
    fn advance(&mut self, machines: &mut Machines) -> Checked<()> {
        for case in 0..self.cases.len() {
            let stage = self.cases[case].stage;
            let word = if stage.status == Status::Aftercare {
                let of = (case, Class::Record, DIRECTOR);
                self.word(of, (true, Some(ViewKind::Aftercare)), machines)
            } else {
                String::new()
            };
            for deed in deeds::advance(&self.profile, stage, &word)? {
                self.direct(case, deed, machines)?;
            }
        }
        self.settle(machines)?;
        for case in &self.cases {
            let state = self.seats[DIRECTOR].replica.case_state(case.id);
            let state = state.map_err(|error| Violation::broke("read a replica", &error))?;
            let status = state.as_ref().map(|state| state.status);
            ensure(
                status == Some(case.stage.status),
                "every state is reached",
                || {
                    let reviews = state.map(|state| state.reviews);
                    format!(
                        "{}: {:?} is {status:?}, {reviews:?}",
                        self.profile.id, case.stage
                    )
                },
            )?;
        }
        Ok(())
    }

    fn plant_late(&mut self, machines: &mut Machines) -> Checked<()> {
        for case in 0..self.cases.len() {
            for (class, view) in deeds::LATE {
                let word = self.word((case, *class, DIRECTOR), (true, *view), machines);
                let deed = deeds::late((*class, *view), &word)?;
                self.direct(case, deed, machines)?;
            }
            let word = self.word((case, Class::Activity, DIRECTOR), (true, None), machines);
            self.seats[DIRECTOR].record(machines, None, deeds::activity(&word)?)?;
        }
        self.carry(machines)?;
        self.sync([DIRECTOR], machines)
    }

    /// The director's device is dying: a colleague's carries its work to the server, and can read none of it.
    fn carry(&mut self, machines: &mut Machines) -> Checked<()> {
        let broke = |error: &dyn std::fmt::Debug| Violation::broke("a parcel", error);
        let dying = &mut self.seats[DIRECTOR].replica;
        let parcel = dying.export_parcel(machines.chance.rng());
        let parcel = parcel.map_err(|error| broke(&error))?;
        let parcel = parcel.ok_or_else(|| broke(&"nothing in it"))?;
        let words = words_in(&parcel).len();
        ensure(words == 0, "a parcel is sealed", || words.to_string())?;
        let colleague = self.seat(0, Part::Staff);
        let carried = self.seats[colleague].replica.carry_parcel(&parcel);
        let pieces = carried.map_err(|error| broke(&error))?;
        pieces.map_err(|error| broke(&error))?;
        self.sync([colleague], machines)
    }

    /// Somebody asks to break glass to each class of each case; what they are told is as the oracle says.
    fn break_glass(
        &mut self,
        who: impl Fn(&Case) -> usize,
        machines: &mut Machines,
    ) -> Checked<()> {
        let seats: BTreeSet<usize> = self.cases.iter().map(&who).collect();
        self.sync(seats.iter().copied(), machines)?;
        for case in 0..self.cases.len() {
            let seat = who(&self.cases[case]);
            for class in Class::ALL {
                let may = {
                    let towards = self.who(seat, &self.cases[case]);
                    towards.may_break(*class)
                };
                let ask = GlassAsk {
                    case: GlassCase::Id(self.cases[case].id),
                    class: *class,
                    reason: "Darurat.".to_owned(),
                };
                let Ok(body) = self.seats[seat].replica.ask_glass(&ask) else {
                    ensure(!may, "glass is broken where the matrix says so", || {
                        format!("{class}")
                    })?;
                    continue;
                };
                let now = machines.later();
                let Machines { door, chance, .. } = &mut *machines;
                let (is_done, mut answer) = door.post("/v1/glass", &body, now, chance)?;
                let mut words = words_in(&answer);
                if !is_done {
                    // Nobody breaks glass thirty times a minute; here somebody does.
                    let again = move |engine: &mut Engine, now, rng: &mut dyn CryptoRng| {
                        engine.glass(&body, now, rng)
                    };
                    answer = door
                        .administer(now, chance, again)?
                        .map_err(|refused| Violation::broke("Engine::glass", &refused))?;
                    words.append(&mut words_in(&answer));
                }
                ensure(
                    words.is_empty(),
                    "no answer tells more than it must",
                    || format!("glass: {class}"),
                )?;
                let said = self.seats[seat].replica.take_glass(&answer, now);
                let said = said.map_err(|error| Violation::broke("take_glass", &error))?;
                let opened = matches!(said, GlassSaid::Opened { .. });
                ensure(
                    opened == may,
                    "glass is broken where the matrix says so",
                    || {
                        let role = self.seats[seat].role;
                        format!("{role} {class} {:?}: {said:?}", self.cases[case].stage)
                    },
                )?;
            }
        }
        self.sync(seats, machines)
    }

    /// A backup holds everything, so that devices may let go of their own work, too.
    fn back_up(&self, machines: &mut Machines) -> Checked<()> {
        let (institution, now) = (self.institution.clone(), machines.later());
        let Machines { door, chance, .. } = machines;
        let done = door.administer(now, chance, move |engine, _, _| {
            let through = engine.head(&institution)?;
            engine.mark_backed_up(&institution, through)
        })?;
        done.map_err(|error| Violation::broke("Engine::mark_backed_up", &error))
    }
}
