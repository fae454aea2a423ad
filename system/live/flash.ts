/** Short notes for the user, by kind, such as info and error. */
export type Flash = Readonly<Record<string, string>>

export const noFlash: Flash = Object.freeze({})

export const withoutKind = (flash: Flash, kind: string): Flash =>
  Object.fromEntries(Object.entries(flash).filter(([one]) => one !== kind))
