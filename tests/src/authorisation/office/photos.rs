//! Photos: one in every class of every case, whose bytes everybody asks for.

use jangkau_core::command::{AttachmentKind, MediaType};
use jangkau_core::replica::NewAttachment;

use super::*;

/// The classes in which something is attached here. Nothing is written as a practitioner's own that others might ask for, as with notes.
const CLASSES: [Class; 6] = [
    Class::Intake,
    Class::Record,
    Class::Notes,
    Class::Sessions,
    Class::Summary,
    Class::Safety,
];

/// Something attached.
#[derive(Clone, Copy)]
pub(in crate::authorisation) struct Photo {
    pub(in crate::authorisation) case: usize,
    pub(in crate::authorisation) class: Class,
    pub(in crate::authorisation) command: CommandId,
}

/// Whether something of a class is attached to a case in such a state.
pub(in crate::authorisation) fn is_attached(class: Class, stage: Stage) -> bool {
    CLASSES.contains(&class) && !(class == Class::Sessions && stage.is_draft())
}

impl Office {
    /// The director attaches one to a record of each class of each case, and sends them. In the bytes of each stands a word that is planted
    /// nowhere: sealed, it is to be found nowhere, not even on a device of somebody who may see the photo.
    pub(super) fn attach(&mut self, machines: &mut Machines) -> Checked<()> {
        for case in 0..self.cases.len() {
            let stage = self.cases[case].stage;
            for class in CLASSES
                .into_iter()
                .filter(|class| is_attached(*class, stage))
            {
                let target = self.pictured(case, class, machines)?;
                let word = fresh_word(&mut machines.chance);
                let new = NewAttachment {
                    case: self.cases[case].id,
                    target,
                    kind: AttachmentKind::Photo,
                    media: MediaType::Jpeg,
                    bytes: word.as_bytes(),
                };
                let now = machines.later();
                let director = &mut self.seats[DIRECTOR].replica;
                let attached = director.attach(&new, now, machines.chance.rng());
                let attached = attached.map_err(|error| Violation::broke("attach", &error))?;
                let command = attached.map_err(|error| {
                    Violation::new("a director attaches", format!("{class}: {error:?}"))
                })?;
                self.photos.push(Photo {
                    case,
                    class,
                    command,
                });
            }
        }
        self.sync([DIRECTOR], machines)?;
        self.seats[DIRECTOR].send_photos(machines)
    }

    /// A record of the class that has a picture.
    fn pictured(
        &mut self,
        case: usize,
        class: Class,
        machines: &mut Machines,
    ) -> Checked<CommandId> {
        if class != Class::Sessions {
            return self.direct(case, deeds::late((class, None), "Lihat foto.")?, machines);
        }
        self.booked += 1;
        let starts_at = machines.now.plus_millis(-self.booked * DAY);
        let lead = self.person(DIRECTOR);
        self.direct(
            case,
            deeds::session(lead, starts_at, "Lihat foto.")?,
            machines,
        )
    }
}
