create table products (
  id integer primary key,
  sku text not null unique,
  position integer not null,
  brand text not null,
  name text not null,
  color text not null,
  price_usd integer not null check (price_usd > 0),
  main_image_url text not null,
  released boolean not null default false
);

create table items (
  id integer primary key,
  product_id integer not null references products (id),
  sku text not null unique,
  size text not null
);

create table item_availability (
  item_id integer primary key references items (id),
  initial_count integer not null check (initial_count >= 0),
  available_count integer not null,
  constraint never_below_zero check (available_count >= 0)
);

create table sales (
  id bigint generated always as identity primary key,
  item_id integer not null references items (id),
  units integer not null check (units > 0),
  node text not null,
  sold_at timestamptz not null default now()
);
