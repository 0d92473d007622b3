/**
 * page/pages/parts/sampler-choices: the samplers a viewer can choose, with the words for each.
 */
export const SAMPLERS: readonly (readonly [string, string])[] = [
  ['always', 'every message'],
  ['ratio 0.1', 'one in ten'],
  ['ratio 0.01', 'one in a hundred'],
  ['per-second 5', 'five in a second'],
  ['off', 'none'],
  ['none', 'as the node has it'],
]
