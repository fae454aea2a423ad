-- An order is made once for each key of a shopper, however often it is sent.
create table orders (
  id bigint generated always as identity primary key,
  shopper text not null,
  key text not null,
  items jsonb not null,
  total_usd integer not null default 0,
  node text not null,
  ordered_at timestamptz not null default now(),
  unique (shopper, key)
);

alter table sales add column order_id bigint references orders (id);
