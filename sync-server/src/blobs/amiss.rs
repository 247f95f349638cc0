//! What is amiss between the records and the blobs.

use std::collections::BTreeSet;

use jangkau_core::id::InstitutionId;
use jangkau_core::time::Timestamp;
use object_store::ObjectMeta;
use object_store::path::Path;

use super::{Blobs, BlobsError, kept_at, staging_of};
use crate::engine::BlobListing;

/// What has lain this long without a reference is listed, in milliseconds: a day, in which any upload ends or begins again.
const STRAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// References without blobs, and blobs without references.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amiss {
    /// Attachments whose bytes the log calls present, and which are not there.
    pub lost: Vec<BlobListing>,
    /// Attachments whose bytes have not arrived for a day.
    pub awaited: Vec<BlobListing>,
    /// Objects older than a day to which nothing refers, and chunks of uploads that were given up, with their lengths.
    pub strays: Vec<(String, u64)>,
}

impl Blobs {
    /// References without blobs, and blobs without references. Deletes nothing.
    ///
    /// # Errors
    /// [`BlobsError`].
    pub async fn amiss(
        &self,
        institution: &InstitutionId,
        referred: &[BlobListing],
        now: Timestamp,
    ) -> Result<Amiss, BlobsError> {
        let kept = self.objects(Path::from(institution.as_str())).await?;
        let there: BTreeSet<Path> = kept.iter().map(|object| object.location.clone()).collect();
        let is_old = |since: Timestamp| now.millis_since(since) > STRAY_MS;
        let mut amiss = Amiss::default();
        for blob in referred {
            match (
                blob.is_stored,
                there.contains(&kept_at(institution, blob.name)),
            ) {
                (true, false) => amiss.lost.push(*blob),
                (false, _) if is_old(blob.referred_at) => amiss.awaited.push(*blob),
                (true, true) | (false, _) => {}
            }
        }
        let places: BTreeSet<Path> = referred
            .iter()
            .map(|blob| kept_at(institution, blob.name))
            .collect();
        let mut objects = self.objects(staging_of(institution)).await?;
        objects.extend(
            kept.into_iter()
                .filter(|object| !places.contains(&object.location)),
        );
        objects.retain(|object| {
            let modified = object.last_modified.timestamp_millis();
            is_old(Timestamp::from_millis(modified))
        });
        let strays = objects.into_iter();
        amiss.strays = strays
            .map(|object| (object.location.to_string(), object.size))
            .collect();
        amiss.strays.sort();
        Ok(amiss)
    }

    /// Everything below a path.
    pub(super) async fn objects(&self, from: Path) -> Result<Vec<ObjectMeta>, BlobsError> {
        let mut objects = Vec::new();
        let mut open = vec![from];
        while let Some(path) = open.pop() {
            let listed = self.kept.list_with_delimiter(Some(&path)).await?;
            objects.extend(listed.objects);
            open.extend(listed.common_prefixes);
        }
        Ok(objects)
    }
}
