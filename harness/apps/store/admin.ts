/** As the store has them where nobody configured others (PA-31). */
export const adminCredentials = { username: 'admin', password: 'password' }
