//! From a file to a [`Story`]: every key, name and word is checked here, each mistake with its line.

mod attach;
mod content;
mod erasure;
mod expect;
mod step;

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::id::{CommandId, InstitutionId, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::profile::{Profile, shipped_files};
use jangkau_core::time::Timestamp;

use super::fault::{StoryError, StoryFault};
use super::fields::{self, Names};
use super::plan::{Act, Beat, DevicePlan, InstitutionPlan, SeatName, StaffPlan, Story};
use super::read::{Node, Table, read};

impl Story {
    /// Reads a story that needs no other file.
    ///
    /// # Errors
    /// The first mistake in the file, with its line.
    pub fn parse(text: &str) -> Result<Self, StoryError> {
        Self::parse_with(text, &|_| Err("no other file is at hand".to_owned()))
    }

    /// Reads a story whose institutions may stand on profiles of their own; `open` gives the text of a file that it names.
    ///
    /// # Errors
    /// The first mistake in the file, with its line.
    pub fn parse_with(text: &str, open: OpenFile<'_>) -> Result<Self, StoryError> {
        let mut top = read(text)?;
        let title = top.need("title")?.words()?.to_owned();
        top.take("about");
        let clock = fields::instant(&top.need("clock")?)?;
        let mut known = Known::default();
        let institutions = institutions(&mut top, &mut known, open)?;
        let staff = staff(&mut top, &mut known)?;
        let devices = devices(&mut top, &mut known)?;
        let steps = top.take_tables("step")?;
        let expects = top.take_tables("expect")?;
        top.end()?;
        let beats = beats(steps, expects, clock, &mut known)?;
        Ok(Self {
            title,
            clock,
            institutions,
            staff,
            devices,
            beats,
        })
    }
}

/// Gives the text of a file that a story names, or why it cannot.
pub type OpenFile<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// Every name that the story has used so far.
#[derive(Default)]
struct Known {
    institutions: BTreeSet<InstitutionId>,
    people: BTreeMap<String, InstitutionId>,
    /// Devices, and who works on each.
    devices: BTreeMap<String, Vec<String>>,
    cases: BTreeSet<String>,
    /// Labels of commands, and who recorded each.
    labels: BTreeMap<String, SeatName>,
    offline: BTreeSet<String>,
    /// Labels of requests to erase.
    requests: BTreeSet<String>,
}

/// While parsing, a known name stands for any id: what matters is that the command can be built.
impl Names for Known {
    fn command(&self, label: &str) -> Option<CommandId> {
        let id = *blake3::hash(label.as_bytes()).as_bytes();
        self.labels
            .contains_key(label)
            .then(|| id.first_chunk().map(|half| CommandId::from_bytes(*half)))?
    }

    fn person(&self, key: &str) -> Option<PersonId> {
        let id = *blake3::hash(key.as_bytes()).as_bytes();
        self.people
            .contains_key(key)
            .then(|| id.first_chunk().map(|half| PersonId::from_bytes(*half)))?
    }
}

impl Known {
    fn unknown<'a>(
        node: &Node,
        what: &'static str,
        word: &str,
        known: impl Iterator<Item = &'a str>,
    ) -> StoryError {
        node.fault(StoryFault::UnknownWord {
            what,
            word: word.to_owned(),
            known: known.collect::<Vec<_>>().join(", "),
        })
    }

    /// A person that the story has.
    fn person_key(&self, node: &Node) -> Result<String, StoryError> {
        let key = node.words()?;
        if self.people.contains_key(key) {
            return Ok(key.to_owned());
        }
        let known = self.people.keys().map(String::as_str);
        Err(Self::unknown(node, "person", key, known))
    }

    /// A device that the story has.
    fn device_key(&self, node: &Node) -> Result<String, StoryError> {
        let key = node.words()?;
        if self.devices.contains_key(key) {
            return Ok(key.to_owned());
        }
        let known = self.devices.keys().map(String::as_str);
        Err(Self::unknown(node, "device", key, known))
    }

    /// A case that a step above has registered.
    fn case_key(&self, node: &Node) -> Result<String, StoryError> {
        let key = node.words()?;
        if self.cases.contains(key) {
            return Ok(key.to_owned());
        }
        let known = self.cases.iter().map(String::as_str);
        Err(Self::unknown(node, "case", key, known))
    }

    /// The label of a command above.
    fn label(&self, node: &Node, label: &str) -> Result<String, StoryError> {
        if self.labels.contains_key(label) {
            return Ok(label.to_owned());
        }
        let known = self.labels.keys().map(String::as_str);
        Err(Self::unknown(node, "label", label, known))
    }

    /// The devices of a person.
    fn devices_of(&self, person: &str) -> Vec<&String> {
        let has = |people: &&Vec<String>| people.iter().any(|key| key == person);
        self.devices
            .iter()
            .filter(|(_, people)| has(people))
            .map(|(device, _)| device)
            .collect()
    }

    /// The seat of a person, on a device that is named or their only one.
    fn seat(&self, person: &Node, device: Option<&Node>) -> Result<SeatName, StoryError> {
        let key = self.person_key(person)?;
        let devices = self.devices_of(&key);
        if let Some(node) = device {
            let device = self.device_key(node)?;
            if devices.contains(&&device) {
                return Ok(SeatName {
                    device,
                    person: key,
                });
            }
            return Err(node.fault(StoryFault::NotOnDevice {
                person: key,
                device,
            }));
        }
        match devices.as_slice() {
            [device] => Ok(SeatName {
                device: (*device).clone(),
                person: key,
            }),
            several => Err(person.fault(StoryFault::WhichDevice {
                count: several.len(),
                person: key,
            })),
        }
    }

    /// The seats that a name means: a device's, a person's, or the one of `device/person`.
    fn seats(&self, node: &Node) -> Result<Vec<SeatName>, StoryError> {
        let word = node.words()?;
        let name = |device: &str, person: &str| SeatName {
            device: device.to_owned(),
            person: person.to_owned(),
        };
        if let Some((device, person)) = word.split_once('/') {
            let seat = name(device, person);
            let here = self.devices.get(device);
            return if here.is_some_and(|people| people.iter().any(|key| key == person)) {
                Ok(vec![seat])
            } else {
                Err(node.fault(StoryFault::NotOnDevice {
                    person: person.to_owned(),
                    device: device.to_owned(),
                }))
            };
        }
        if let Some(people) = self.devices.get(word) {
            return Ok(people.iter().map(|person| name(word, person)).collect());
        }
        if self.people.contains_key(word) {
            let devices = self.devices_of(word);
            return Ok(devices.iter().map(|device| name(device, word)).collect());
        }
        let known = self.devices.keys().chain(self.people.keys());
        Err(Self::unknown(
            node,
            "device or person",
            word,
            known.map(String::as_str),
        ))
    }

    /// The seats of a list of such names.
    fn seat_list(&self, node: &Node) -> Result<Vec<SeatName>, StoryError> {
        let mut seats = Vec::new();
        for item in node.items() {
            seats.extend(self.seats(&item)?);
        }
        Ok(seats)
    }
}

fn twice(node: &Node, what: &'static str, name: &str) -> StoryError {
    node.fault(StoryFault::Twice {
        what,
        name: name.to_owned(),
    })
}

fn institutions(
    top: &mut Table,
    known: &mut Known,
    open: OpenFile<'_>,
) -> Result<Vec<InstitutionPlan>, StoryError> {
    let mut plans = Vec::new();
    for (_, mut table) in top.take_tables("institution")? {
        let id_node = table.need("id")?;
        let id: InstitutionId = id_node.code("institution id", &["lower-case words"])?;
        let profile_toml = match table.take("profile_file") {
            Some(node) => profile_of_file(&node, open)?,
            None => shipped_profile(&table.need("profile")?)?,
        };
        if !known.institutions.insert(id.clone()) {
            return Err(twice(&id_node, "institution", id.as_str()));
        }
        table.end()?;
        plans.push(InstitutionPlan { id, profile_toml });
    }
    Ok(plans)
}

fn shipped_profile(node: &Node) -> Result<String, StoryError> {
    let name = node.words()?;
    for file in shipped_files() {
        let profile = Profile::parse(file.toml).map_err(|error| {
            node.fault(StoryFault::ProfileFile {
                file: "a shipped profile".to_owned(),
                problem: error.to_string(),
            })
        })?;
        if profile.id.as_str() == name {
            return Ok(file.toml.to_owned());
        }
    }
    Err(node.fault(StoryFault::Profile(name.to_owned())))
}

fn profile_of_file(node: &Node, open: OpenFile<'_>) -> Result<String, StoryError> {
    let file = node.words()?;
    let fault = |problem: String| {
        node.fault(StoryFault::ProfileFile {
            file: file.to_owned(),
            problem,
        })
    };
    let text = open(file).map_err(fault)?;
    Profile::parse(&text).map_err(|error| fault(error.to_string()))?;
    Ok(text)
}

fn staff(top: &mut Table, known: &mut Known) -> Result<Vec<StaffPlan>, StoryError> {
    let mut plans = Vec::new();
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    for (_, mut table) in top.take_tables("staff")? {
        let key_node = table.need("key")?;
        let key = key_node.words()?.to_owned();
        let name = table.need("name")?.words()?.to_owned();
        let role_items = table.need("roles")?.items();
        let held: Result<Vec<Role>, StoryError> = role_items
            .iter()
            .map(|item| item.code("role", &roles))
            .collect();
        let institution = institution_of(&mut table, known)?;
        let mandate_until = table
            .take("mandate_until")
            .map(|node| fields::instant(&node))
            .transpose()?;
        let areas = table
            .take("kecamatan")
            .map_or(Ok(Vec::new()), |node| fields::words(&node))?;
        table.end()?;
        if known
            .people
            .insert(key.clone(), institution.clone())
            .is_some()
        {
            return Err(twice(&key_node, "person", &key));
        }
        plans.push(StaffPlan {
            key,
            name,
            roles: held?,
            institution,
            mandate_until,
            areas: areas.into_iter().collect(),
        });
    }
    Ok(plans)
}

/// The institution that a table names, or the story's only one.
fn institution_of(table: &mut Table, known: &Known) -> Result<InstitutionId, StoryError> {
    let ids = &known.institutions;
    let line = table.line();
    match (table.take("institution"), ids.first()) {
        (Some(node), _) => {
            let word = node.words()?;
            let found = ids.iter().find(|id| id.as_str() == word).cloned();
            let known = ids.iter().map(InstitutionId::as_str);
            found.ok_or_else(|| Known::unknown(&node, "institution", word, known))
        }
        (None, Some(only)) if ids.len() == 1 => Ok(only.clone()),
        (None, _) => Err(StoryFault::MissingKey("institution").at(line)),
    }
}

fn devices(top: &mut Table, known: &mut Known) -> Result<Vec<DevicePlan>, StoryError> {
    let mut plans = Vec::new();
    for (_, mut table) in top.take_tables("device")? {
        let key_node = table.need("key")?;
        let key = key_node.words()?.to_owned();
        if known.people.contains_key(&key) || known.devices.contains_key(&key) {
            return Err(twice(&key_node, "device or person", &key));
        }
        let people_items = table.need("staff")?.items();
        let people: Result<Vec<String>, StoryError> = people_items
            .iter()
            .map(|item| known.person_key(item))
            .collect();
        let people = people?;
        let clock_ahead_ms = match table.take("clock_offset") {
            Some(node) => fields::span_ms(&node)?,
            None => 0,
        };
        table.end()?;
        known.devices.insert(key.clone(), people.clone());
        plans.push(DevicePlan {
            key,
            people,
            clock_ahead_ms,
        });
    }
    Ok(plans)
}

/// Steps and expectations in the order in which they stand in the file.
fn beats(
    steps: Vec<(usize, Table)>,
    expects: Vec<(usize, Table)>,
    clock: Timestamp,
    known: &mut Known,
) -> Result<Vec<Beat>, StoryError> {
    let mut tables: Vec<(usize, bool, Table)> = Vec::new();
    tables.extend(steps.into_iter().map(|(at, table)| (at, true, table)));
    tables.extend(expects.into_iter().map(|(at, table)| (at, false, table)));
    tables.sort_by_key(|(offset, _, _)| *offset);
    let mut now = clock;
    let mut beats = Vec::new();
    for (_, is_step, table) in tables {
        let line = table.line();
        if is_step {
            let beat = step::parse(table, now, known)?;
            now = beat.at;
            beats.push(beat);
        } else {
            beats.push(Beat {
                line,
                at: now,
                free: false,
                act: Act::Expect(Box::new(expect::parse(table, known)?)),
            });
        }
    }
    Ok(beats)
}

#[cfg(test)]
mod tests;
