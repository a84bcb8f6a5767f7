//! Time and randomness, passed in so that tests can move the one and repeat the other.

use domain::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now. Two calls may give the same moment, or go back when the machine's clock is set.
    fn now(&self) -> Timestamp;
}

/// Gives random bits, fit for secrets.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn Random {
    /// 128 random bits: for an identifier.
    pub fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        u128::from_ne_bytes(bytes)
    }
}
