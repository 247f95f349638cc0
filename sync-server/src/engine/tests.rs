//! The engine on its own: crafted requests and real replicas against a store in memory.

mod access;
mod activities;
mod audit;
mod bench;
mod blobs;
mod codes;
mod conflicts;
mod departing;
mod erasure;
mod forks;
mod glass;
mod leases;
mod links;
mod office;
mod parcels;
mod quotas;
mod refusals;
mod releases;
mod replicas;
mod restores;
mod returns;
mod rights;
mod roads;
mod standards;
mod terms;
