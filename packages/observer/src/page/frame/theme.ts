/**
 * page/frame/theme: light or dark: as the system has it, until the viewer says otherwise.
 */
import { computed, signal } from '@preact/signals'
import { keptChoice } from '#page/base/kept'

export const THEMES = ['system', 'light', 'dark'] as const
export const theme = keptChoice('theme', THEMES, 'system')

const prefersDark = matchMedia('(prefers-color-scheme: dark)')
const systemDark = signal(prefersDark.matches)
const narrowScreen = matchMedia('(max-width: 760px)')

/** Whether it is dark now. */
export const isDark = computed(() =>
  theme.value === 'system' ? systemDark.value : theme.value === 'dark',
)

/** A screen as narrow as a telephone's. */
export const isNarrow = signal(narrowScreen.matches)

/** Keeps the mark by which the styles know. */
export function startTheme(): void {
  prefersDark.addEventListener('change', ({ matches }) => {
    systemDark.value = matches
  })
  narrowScreen.addEventListener('change', ({ matches }) => {
    isNarrow.value = matches
  })
  isDark.subscribe((dark) => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
  })
}
