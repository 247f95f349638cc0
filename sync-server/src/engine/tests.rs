//! The engine on its own: crafted requests and real replicas against a store in memory.

mod access;
mod activities;
mod at_rest;
mod audit;
mod bench;
mod blobs;
mod codes;
mod conflicts;
mod departing;
mod disk;
mod erasure;
mod forks;
mod glass;
mod holders;
mod leases;
mod links;
mod office;
mod parcels;
mod places;
#[cfg(feature = "plant")]
mod power_cuts;
mod quotas;
mod redone;
mod refusals;
mod releases;
mod replicas;
mod restores;
mod returns;
mod rights;
mod roads;
mod shredding;
mod standards;
mod terms;
mod trial;
