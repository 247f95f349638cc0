//! Further doors of the screens: what comes in pages, one record, and what was ever said of who the client is.

use crate::command::CommandKind;
use crate::id::{CaseId, CommandId, PersonId};
use crate::record::Scalar;
use crate::replica::{Replica, ReplicaError};
use crate::screen::{
    self, AttachmentShown, Attention, DueLine, Page, RecordShown, TimelineLine, Unsent, ValueShown,
};
use crate::store::{CommandRow, CommandState};
use crate::text::Language;
use crate::time::Timestamp;

impl Replica {
    /// The timeline of a case in words, the newest first, from the `from`th line on.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn timeline_page(
        &self,
        case: CaseId,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<Page<TimelineLine>, ReplicaError> {
        let mut lines = self.timeline_told(case, now, language)?;
        lines.reverse();
        Ok(Page::of(lines, from))
    }

    /// What asks for this person's attention, from the `from`th item on.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn attention_page(
        &self,
        case: Option<CaseId>,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<Page<Attention>, ReplicaError> {
        Ok(Page::of(self.attention(case, now, language)?, from))
    }

    /// The dated clocks of own cases, what is due first at the top, from the `from`th on.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn deadlines(
        &self,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<Page<DueLine>, ReplicaError> {
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let lines = screen::deadlines(&viewer, &self.stirring(&viewer)?);
        Ok(Page::of(lines, from))
    }

    /// One record of a case in full; none where it is not held here.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn record_shown(
        &self,
        case: CaseId,
        command: CommandId,
        now: Timestamp,
        language: Language,
    ) -> Result<Option<RecordShown>, ReplicaError> {
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let seen = self.case_seen(&viewer, case)?;
        let mut shown = screen::record_shown(&viewer, &seen, command);
        if let Some(shown) = &mut shown
            && shown.line.kind == CommandKind::DraftMinutes
        {
            self.tell_minutes(case, shown)?;
        }
        Ok(shown)
    }

    /// Minutes read as they are now, whoever has edited them since they were begun.
    fn tell_minutes(&self, case: CaseId, shown: &mut RecordShown) -> Result<(), ReplicaError> {
        let key = format!("minutes/{}", shown.line.id);
        for row in self.store.documents_of(case)? {
            let mut records = self.records(row.key)?;
            let body = records.get_mut(&key).and_then(|record| record.take("body"));
            let field = shown.fields.iter_mut().find(|field| field.field == "body");
            if let (Some(Scalar::Text(body)), Some(field)) = (body, field) {
                field.value = body;
            }
        }
        Ok(())
    }

    /// Every value that was given to a legal field of a case: field by field, the newest first, from the `from`th on.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn identity_history(
        &self,
        case: CaseId,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<Page<ValueShown>, ReplicaError> {
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let seen = self.case_seen(&viewer, case)?;
        Ok(Page::of(screen::identity_history(&viewer, &seen), from))
    }

    /// The activities without a case in words, the newest first, from the `from`th on.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn activities_told(
        &self,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<Page<TimelineLine>, ReplicaError> {
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let mut items = self.activities()?;
        items.sort_by_key(|item| std::cmp::Reverse((item.stamp.occurred_at, item.id)));
        Ok(Page::of(screen::timeline_of(&viewer, &items), from))
    }

    /// The attachments of a case in words, in the order in which they were made, from the `from`th on.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn attachments_told(
        &self,
        case: CaseId,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<Page<AttachmentShown>, ReplicaError> {
        self.reading(now)?;
        let found = self.attachments(case)?.into_iter();
        let shown = found.map(|attachment| screen::attachment_shown(language, attachment));
        Ok(Page::of(shown.collect(), from))
    }

    /// The colleagues who work here, with their titles, in the order of their names, from the `from`th on.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn colleagues(
        &self,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<Page<(PersonId, String, String)>, ReplicaError> {
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let active = through.staff.iter().filter(|row| row.active);
        let mut colleagues: Vec<(PersonId, String, String)> = active
            .map(|row| (row.person, row.name.clone(), viewer.role(row.person)))
            .collect();
        colleagues.sort_by(|one, other| (&one.1, one.0).cmp(&(&other.1, other.0)));
        Ok(Page::of(colleagues, from))
    }

    /// Count and age of what the server has not acknowledged, whatever may be read now.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn unsent_told(
        &self,
        now: Timestamp,
        language: Language,
    ) -> Result<Option<Unsent>, ReplicaError> {
        let outbox = self.store.outbox()?.into_iter();
        let is_here_only =
            |row: &CommandRow| matches!(row.state, CommandState::Pending | CommandState::Sealed);
        let recorded = outbox
            .filter(is_here_only)
            .map(|row| row.recorded_at.unwrap_or(row.occurred_at));
        Ok(screen::unsent_told(recorded, now, language))
    }
}
