/** `1.2 s`, `85 ms`. */
export const duration = (ms: number): string => (ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`)

export const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MB`
