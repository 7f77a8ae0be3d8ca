from django.db import models


class Doctor(models.Model):
    name = models.CharField(max_length=80)


class Patient(models.Model):
    name = models.CharField(max_length=80, db_index=True)
    doctor = models.ForeignKey(Doctor, on_delete=models.CASCADE)
    balance = models.FloatField()
