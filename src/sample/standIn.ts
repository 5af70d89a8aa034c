// Models that stand in for the real one say so by a label in their manifest.

/** The bundled model: trained, but on synthetic shapes only. Any other label means random weights. */
export const DEMO_LABEL = 'demo';
