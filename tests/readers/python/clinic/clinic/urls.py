from django.urls import path
from patients import views

urlpatterns = [path("patients/", views.patients), path("search/", views.search)]
