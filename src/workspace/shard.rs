//! Splits environments over the jobs of a CI system: `--shard K/N`.
//!
//! Every environment prefers the shards in an order that its name alone decides. They choose one after the other, in
//! an order of their names as well, and pass over a shard that is full. So shards differ by one environment at most, most
//! environments keep their shard when another one comes or goes, and every machine finds the same split.

use super::Environment;
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};

/// The most shards that a run is split into; GitLab's `parallel` ends at 200.
const MOST: usize = 1000;

/// One of several shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Which one, from 1.
    number: usize,
    /// Of how many.
    count: usize,
}

impl Shard {
    /// Whether it is the first: it speaks for what belongs to no environment.
    pub fn is_first(self) -> bool {
        self.number == 1
    }

    /// Keeps those of the chosen environments that are of this shard. All shards together keep each exactly once.
    pub fn keep(self, environments: &[Environment], chosen: &mut Vec<usize>) {
        let mut hashed: Vec<(u64, usize)> =
            chosen.iter().map(|&at| (hash(&environments[at].name), at)).collect();
        hashed.sort_unstable();
        let (least, mut larger) = (hashed.len() / self.count, hashed.len() % self.count);
        let mut load = vec![0; self.count];
        chosen.clear();
        for (hash, at) in hashed {
            let room = |shard: &usize| load[*shard] < least || (load[*shard] == least && larger > 0);
            // There is room: the loads end as a sum of what every shard may take.
            let best = (0..self.count).filter(room).max_by_key(|&shard| mix(hash, shard as u64)).unwrap_or(0);
            larger -= usize::from(load[best] == least);
            load[best] += 1;
            if best + 1 == self.number {
                chosen.push(at);
            }
        }
        chosen.sort_unstable();
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let parts = text.split_once('/').and_then(|(k, n)| number(k).zip(number(n)));
        match parts {
            Some((number, count)) if (1..=count).contains(&number) && count <= MOST => {
                Ok(Self { number, count })
            }
            Some((_, count)) if count > MOST => Err(format!("at most {MOST} shards")),
            Some((number, count)) => Err(format!("there is no shard {number} of {count}: they count from 1")),
            None => Err("write which shard of how many, such as 2/4".to_owned()),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

/// What a name comes to, the same on every machine and in every version.
fn hash(name: &str) -> u64 {
    Sha256::digest(name).iter().take(8).fold(0, |sum, &byte| (sum << 8) | u64::from(byte))
}

/// How much a name prefers a shard: the finalizer of SplitMix64.
fn mix(hash: u64, shard: u64) -> u64 {
    let mut z = hash.wrapping_add((shard + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// The shard of every environment by its name, and how many each shard has.
    fn split(names: &[String], count: usize) -> (BTreeMap<String, usize>, Vec<usize>) {
        let all: Vec<Environment> = names
            .iter()
            .map(|name| Environment { name: name.clone(), layers: Vec::new(), broken: false })
            .collect();
        let (mut shards, mut sizes) = (BTreeMap::new(), Vec::new());
        for number in 1..=count {
            let mut chosen: Vec<usize> = (0..all.len()).collect();
            Shard { number, count }.keep(&all, &mut chosen);
            assert!(chosen.is_sorted());
            sizes.push(chosen.len());
            for at in chosen {
                assert_eq!(shards.insert(names[at].clone(), number), None, "{} is there twice", names[at]);
            }
        }
        (shards, sizes)
    }

    fn names(count: usize) -> Vec<String> {
        (0..count).map(|n| format!("prod/site-{n:04}")).collect()
    }

    #[test]
    fn shards_are_the_whole_and_differ_by_one_at_most() {
        for environments in [0, 1, 2, 3, 4, 5, 7, 16, 101, 1000] {
            for count in [1, 2, 3, 4, 7, 50] {
                let (shards, sizes) = split(&names(environments), count);
                assert_eq!(shards.len(), environments);
                let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
                assert!(most - least <= 1, "{environments} over {count}: {sizes:?}");
            }
        }
    }

    #[test]
    fn one_more_environment_moves_few() {
        let names = names(400);
        for gone in [0, 17, 200, 399] {
            let mut fewer = names.clone();
            fewer.remove(gone);
            let ((before, _), (after, _)) = (split(&fewer, 4), split(&names, 4));
            let moved = before.iter().filter(|(name, shard)| after[*name] != **shard).count();
            assert!(moved <= 20, "{moved} moved without {}", names[gone]);
        }
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        assert_eq!("2/4".parse(), Ok(Shard { number: 2, count: 4 }));
        for text in ["", "2", "0/4", "5/4", "1/0", "a/4", "+1/4", "1/4/4", "-1/4", "1/1001", " 1/4", "1/4.0"]
        {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}
