-- Every change of a count has a number, so that whoever hears of two changes knows which is the newer.
alter table item_availability add column version bigint not null default 0;
