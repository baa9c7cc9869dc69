"""Writes houses.csv: invented houses, whose price is a formula and chance."""

import csv
import random

random.seed(1)
TOWNS = {"Bergen": 1.1, "Oslo": 1.6, "Porto": 0.9, "Rome": 1.3}

with open("houses.csv", "w", newline="", encoding="utf-8") as file:
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["rooms", "area", "built", "town", "garden", "price"])
    for _ in range(400):
        rooms = random.randint(1, 7)
        area = round(18 * rooms + random.gauss(20, 8), 1)
        built = random.randint(1890, 2023)
        town = random.choice(sorted(TOWNS))
        garden = random.random() < 0.2 + 0.1 * rooms
        price = TOWNS[town] * (2.2 * area + 0.2 * abs(built - 1950) + 25 * garden) * random.gauss(1, 0.06)
        out.writerow([rooms, "" if random.random() < 0.05 else area, built, town, str(garden).lower(), round(price, 1)])
