//! The terms that rows behind a sum are held to.
//! Knows nothing of which rows they are.

/// What the rows behind a sum, or behind a difference of sums, must be.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::postgres) struct Terms {
    /// Fewest different rows.
    pub(in crate::postgres) rows_min: u64,
    /// Greatest share of one row, in percent.
    pub(in crate::postgres) share_max: u64,
}

impl Terms {
    /// Whether rows say too much of one among them. All zeros do: whoever knows that none is negative knows each.
    pub(in crate::postgres) fn refuse(self, behind: Behind) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "a percentage, at most 100")]
        let share_max = self.share_max as f64;
        let dominated = behind.greatest * 100.0 > behind.magnitude * share_max;
        behind.rows < self.rows_min || dominated || behind.magnitude <= 0.0
    }
}

/// Rows, as far as the terms look at them.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::postgres) struct Behind {
    pub(in crate::postgres) rows: u64,
    pub(in crate::postgres) greatest: f64,
    pub(in crate::postgres) magnitude: f64,
}

impl Behind {
    /// One row of this weight.
    pub(in crate::postgres) fn row(magnitude: f64) -> Self {
        Self {
            rows: 1,
            greatest: magnitude,
            magnitude,
        }
    }

    /// Adds other rows.
    pub(in crate::postgres) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.greatest = self.greatest.max(other.greatest);
        self.magnitude += other.magnitude;
    }
}
