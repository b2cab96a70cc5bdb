import importlib.util
import json
import unittest

from tickhouse_records import OrderBook, Trade, datetime_of, decode, to_pandas, to_polars

from .golden import values_of


def has(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


class Frames(unittest.TestCase):
    def setUp(self) -> None:
        self.batch = [decode(kind.DATASET, value) for kind in (Trade, OrderBook) for value in values_of(kind.TOPIC)]
        self.trades = [json.loads(value) for value in values_of(Trade.TOPIC)]
        self.books = [json.loads(value) for value in values_of(OrderBook.TOPIC)]

    @unittest.skipUnless(has("polars"), "polars is not installed")
    def test_polars_has_the_columns_of_the_catalogue_with_their_types(self) -> None:
        import polars as pl

        frame = to_polars(self.batch, "trade")
        self.assertEqual(frame.columns, list(Trade.COLUMNS))
        self.assertEqual(
            [frame.schema[name] for name in ("timestamp", "price", "volume", "side")],
            [pl.Datetime("us", "UTC"), pl.Float64, pl.Int64, pl.String],
        )
        self.assertEqual(frame["price"].to_list(), [one.get("price") for one in self.trades])
        self.assertEqual(frame["timestamp"].dt.epoch("us").to_list(), [one["timestamp"] for one in self.trades])
        book = to_polars(self.batch, "order_book")
        self.assertEqual(book["asks"].to_list(), [one.get("asks") for one in self.books])
        self.assertEqual(to_polars([], "trade").schema, frame.schema)

    @unittest.skipUnless(has("pandas"), "pandas is not installed")
    def test_pandas_has_the_columns_of_the_catalogue_with_their_types(self) -> None:
        frame = to_pandas(self.batch, "trade")
        self.assertEqual(list(frame.columns), list(Trade.COLUMNS))
        self.assertEqual([str(frame[name].dtype) for name in ("price", "volume")], ["Float64", "Int64"])
        self.assertEqual(str(frame["timestamp"].dt.tz), "UTC")
        self.assertEqual(frame["timestamp"].iloc[0], datetime_of(self.trades[0]["timestamp"]))
        self.assertEqual(to_pandas(self.batch, "order_book")["asks"].iloc[0], self.books[0]["asks"])
