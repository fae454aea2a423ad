import { Link } from 'react-router'

/** Needs no connection (RX-2). */
export const HomePage = () => (
  <>
    <h2>Home</h2>
    <p>Channels and React: each page joins what it shows, and leaves it when it is no longer shown.</p>
    <p>
      This page needs no connection. A second example is the <Link to="/activities">activity feed</Link>.
    </p>
  </>
)
