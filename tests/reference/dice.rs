//! Chance that comes out the same from the same seed, on every machine.
//! Knows nothing of what is thrown for.

/// SplitMix64.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Once in `n`.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// Some of them in their order, at least `least`.
    pub fn some<'a, T>(&mut self, of: &'a [T], least: usize, most: usize) -> Vec<&'a T> {
        let count = least + self.below(most - least + 1);
        let mut places: Vec<usize> = Vec::new();
        while places.len() < count.min(of.len()) {
            let at = self.below(of.len());
            if !places.contains(&at) {
                places.push(at);
            }
        }
        places.sort_unstable();
        places.into_iter().map(|at| &of[at]).collect()
    }
}
